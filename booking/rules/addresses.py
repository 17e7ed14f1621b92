"""Which addresses of the internet anybody may be reached at: everything that is set apart for something else is not.

The tables are IANA's registries of special-purpose addresses (RFC 6890 and its updates), with multicast.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_SPECIAL_4 = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6 only what is handed out to be reached, without what carries an IPv4 address within it.
_GLOBAL_6 = ip_network("2000::/3")
_SPECIAL_6 = tuple(
    ip_network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: str) -> bool:
    """Whether an IP address, as the resolver spells it, is one that anybody may be reached at."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _SPECIAL_4)
    # One with a zone belongs to a link, whatever it looks like.
    return "%" not in address and found in _GLOBAL_6 and not any(found in network for network in _SPECIAL_6)
