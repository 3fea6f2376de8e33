"""Schema steps of the auth database; Django applies what is missing at every start."""
