"""The office's books: registers, agendas, the monthly report; on screen, as PDF, as a workbook."""
