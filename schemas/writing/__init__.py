"""Writing tables for people: workbooks and CSV whose cells no spreadsheet computes, row by row with flat memory."""
