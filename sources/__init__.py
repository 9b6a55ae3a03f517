"""What an institution delivers, and how it becomes records."""
