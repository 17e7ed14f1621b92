"""The only room that speaks SQL: tables, guards and every question asked of them."""
