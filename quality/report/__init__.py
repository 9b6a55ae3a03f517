"""Reports for people: HTML pages that hold all they show, and read nothing from anywhere."""
