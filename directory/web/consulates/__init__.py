"""Pages of a consulate's own record and of a country, and the page that answers which consulate covers a place."""
