"""Who decides what is fetched next."""
