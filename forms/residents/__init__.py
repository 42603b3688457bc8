"""The residents: their names, and the rows of a SIAK workbook."""
