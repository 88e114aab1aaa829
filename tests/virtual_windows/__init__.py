"""Virtual Windows machines that Ansible's own winrm and psrp connections reach over real WinRM."""
