"""Who is told, by e-mail and webhook, when a run fails or a delivery is overdue."""
