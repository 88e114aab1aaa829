"""The programs cmd.exe can start, one file each; `catalogue` lists them."""
