"""How results look in a terminal and in files: tables, phrases, the page of one verdict, forms of many."""
