"""Reports for people: one self-contained HTML file each, printable, readable without JavaScript or a network."""
