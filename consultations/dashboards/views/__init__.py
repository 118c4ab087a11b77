"""Home pages by who reads them."""
