"""Forty places of the demo company's world network: its three distribution centres and who is served from where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Depot:
    """A place that keeps parts: degrees north and east, and its share of the customers' orders."""

    code: str
    name: str
    country: str
    latitude: float
    longitude: float
    share: float


HUB = Depot("BOLOGNA", "Bologna", "IT", 44.49, 11.34, 0.10)
CENTRES = (
    Depot("MEMPHIS", "Memphis", "US", 35.15, -90.05, 0.06),
    Depot("SINGAPORE", "Singapore", "SG", 1.35, 103.82, 0.03),
)
"""Fed from the hub by sea, in need by air."""
DEPOTS: dict[str, tuple[Depot, ...]] = {
    "BOLOGNA": (
        Depot("BERLIN", "Berlin", "DE", 52.52, 13.40, 0.09), Depot("PARIS", "Paris", "FR", 48.86, 2.35, 0.06),
        Depot("BIRMINGHAM", "Birmingham", "GB", 52.48, -1.89, 0.05),
        Depot("MADRID", "Madrid", "ES", 40.42, -3.70, 0.04),
        Depot("WARSAW", "Warsaw", "PL", 52.23, 21.01, 0.035), Depot("UTRECHT", "Utrecht", "NL", 52.09, 5.12, 0.03),
        Depot("ZURICH", "Zurich", "CH", 47.38, 8.54, 0.025), Depot("ISTANBUL", "Istanbul", "TR", 41.01, 28.98, 0.025),
        Depot("STOCKHOLM", "Stockholm", "SE", 59.33, 18.07, 0.02), Depot("VIENNA", "Vienna", "AT", 48.21, 16.37, 0.02),
        Depot("BUCHAREST", "Bucharest", "RO", 44.43, 26.10, 0.015),
        Depot("LISBON", "Lisbon", "PT", 38.72, -9.14, 0.012),
        Depot("CAIRO", "Cairo", "EG", 30.04, 31.24, 0.015),
        Depot("CASABLANCA", "Casablanca", "MA", 33.57, -7.59, 0.012),
        Depot("JOHANNESBURG", "Johannesburg", "ZA", -26.20, 28.05, 0.02),
        Depot("DUBAI", "Dubai", "AE", 25.20, 55.27, 0.025), Depot("LAGOS", "Lagos", "NG", 6.52, 3.38, 0.01),
    ),
    "MEMPHIS": (
        Depot("CHICAGO", "Chicago", "US", 41.88, -87.63, 0.05), Depot("DALLAS", "Dallas", "US", 32.78, -96.80, 0.03),
        Depot("LOS-ANGELES", "Los Angeles", "US", 34.05, -118.24, 0.025),
        Depot("TORONTO", "Toronto", "CA", 43.65, -79.38, 0.02),
        Depot("MONTERREY", "Monterrey", "MX", 25.69, -100.32, 0.025),
        Depot("SAO-PAULO", "Sao Paulo", "BR", -23.55, -46.63, 0.03),
        Depot("BUENOS-AIRES", "Buenos Aires", "AR", -34.60, -58.38, 0.012),
        Depot("SANTIAGO", "Santiago", "CL", -33.45, -70.67, 0.01), Depot("BOGOTA", "Bogota", "CO", 4.71, -74.07, 0.01),
        Depot("LIMA", "Lima", "PE", -12.05, -77.04, 0.008),
    ),
    "SINGAPORE": (
        Depot("SHANGHAI", "Shanghai", "CN", 31.23, 121.47, 0.045), Depot("MUMBAI", "Mumbai", "IN", 19.08, 72.88, 0.03),
        Depot("TOKYO", "Tokyo", "JP", 35.68, 139.69, 0.025), Depot("SEOUL", "Seoul", "KR", 37.57, 126.98, 0.015),
        Depot("JAKARTA", "Jakarta", "ID", -6.21, 106.85, 0.015),
        Depot("BANGKOK", "Bangkok", "TH", 13.76, 100.50, 0.015),
        Depot("HANOI", "Hanoi", "VN", 21.03, 105.85, 0.01), Depot("MANILA", "Manila", "PH", 14.60, 120.98, 0.008),
        Depot("SYDNEY", "Sydney", "AU", -33.87, 151.21, 0.012), Depot("TAIPEI", "Taipei", "TW", 25.03, 121.57, 0.008),
    ),
}  # fmt: skip
"""By the centre that feeds them."""
BY_ROAD_FROM = {"BOLOGNA": ("DE", "FR", "GB", "ES", "PL", "NL", "CH", "TR", "SE", "AT", "RO", "PT"),
                "MEMPHIS": ("US", "CA", "MX"), "SINGAPORE": ()}  # fmt: skip
"""Countries reached by lorry from a centre; all others by air."""
SUPPLIER_COUNTRIES = {
    "IT": (44.6, 10.9), "DE": (48.8, 9.2), "CN": (31.2, 121.5), "FR": (45.8, 4.8), "CH": (47.2, 8.5),
    "AT": (48.2, 14.3),
    "US": (41.5, -81.7), "GB": (52.5, -1.9), "JP": (35.2, 136.9), "ES": (41.4, 2.2), "CZ": (49.2, 16.6),
    "PL": (50.3, 19.0), "SE": (59.3, 15.2),
}  # fmt: skip
"""Where the suppliers of a country stand, degrees north and east; each stands a little aside."""
OVERSEAS = ("CN", "US", "JP")
"""Supplier countries whose goods come by sea."""
SEA_KM = {"MEMPHIS": 12_191.0, "SINGAPORE": 11_856.0, "CN": 15_903.0, "US": 10_126.0, "JP": 17_136.0}
"""Ways by sea from or to the hub, as ``geography.sea_route`` finds them."""
