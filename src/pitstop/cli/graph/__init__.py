"""The graphs of packages and of tasks as a tree, as DOT, as JSON and as a page. Pure: values in, text out."""
