"""Links that open a map application on the phone. They carry a coordinate and the stop's number, never a name.

Amap, Baidu and Tencent want their own datum or take WGS-84 where said (documents of the vendors, see DESIGN).
"""

from __future__ import annotations

from urllib.parse import quote

from routing.places import to_gcj02


def link(kind: str, lat: float, lon: float, order: int) -> str:
    """Return the link for driving to a WGS-84 place. Raises KeyError for an unknown kind."""
    label = quote(f"#{order}")
    gcj_lat, gcj_lon = to_gcj02(lat, lon)
    links = {
        "geo": f"geo:{lat:.6f},{lon:.6f}?q={lat:.6f},{lon:.6f}({label})",
        "amap": (
            f"https://uri.amap.com/navigation?to={gcj_lon:.6f},{gcj_lat:.6f},{label}&mode=car&src=rounds&callnative=1"
        ),
        "baidu": (
            f"https://api.map.baidu.com/direction?destination=latlng:{lat:.6f},{lon:.6f}|name:{label}"
            "&coord_type=wgs84&mode=driving&output=html&src=rounds"
        ),
        "tencent": (
            f"https://apis.map.qq.com/uri/v1/routeplan?type=drive&to={label}"
            f"&tocoord={gcj_lat:.6f},{gcj_lon:.6f}&coord_type=1&referer=rounds"
        ),
        "google": f"https://www.google.com/maps/dir/?api=1&destination={lat:.6f},{lon:.6f}&travelmode=driving",
        "apple": f"https://maps.apple.com/?daddr={lat:.6f},{lon:.6f}&dirflg=d",
    }
    return links[kind]
