"""Tasks that are carried out on other machines, over the Remote Execution API."""
