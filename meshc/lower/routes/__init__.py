"""Routes: virtual hosts and the routes that VirtualServices make of them."""
