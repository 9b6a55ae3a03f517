select '' as key, true as is_unexpected where false
