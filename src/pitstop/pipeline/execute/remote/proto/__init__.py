"""Messages that clusters describe themselves with, made from the .proto files beside this one."""
