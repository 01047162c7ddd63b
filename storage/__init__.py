"""What we remember: tables, repositories and the transaction they share, on SQLite or PostgreSQL.

This room stores values and gives them back; it decides nothing about them and talks to nobody.
"""
