"""What the tasks of the parts compute: a module for each part, and what several of them share."""
