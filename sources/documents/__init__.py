"""What contracts say, written out for people: a page a contract, and the record of processing."""
