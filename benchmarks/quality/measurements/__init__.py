"""The measurements of the parts: a module for each part, and modules that several of them share."""
