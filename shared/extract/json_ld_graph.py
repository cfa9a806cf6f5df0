"""Reading JSON-LD as it is found: broken, nested, spread over blocks, referred to by @id."""

import re
from collections.abc import Iterable

from shared.entities import unescape
from shared.extract.json_loose import values
from shared.extract.lazy import lazy
from shared.models import JSON

Node = dict[str, JSON]
MAX_BLOCK = 1_000_000  # characters
MAX_NODES = 5_000
ORGANIZATIONS = frozenset(
    """Organization Corporation LocalBusiness NGO EducationalOrganization GovernmentOrganization MedicalOrganization
    NewsMediaOrganization OnlineBusiness OnlineStore Airline Consortium FundingScheme LibrarySystem PerformingGroup
    Project
    ResearchOrganization SportsOrganization WorkersUnion CollegeOrUniversity School AnimalShelter ArchiveOrganization
    AutomotiveBusiness AutoDealer AutoRepair AutoRental AutoBodyShop AutoWash AutoPartsStore MotorcycleDealer
    ChildCare Dentist DryCleaningOrLaundry EmergencyService
    EmploymentAgency EntertainmentBusiness FinancialService AccountingService BankOrCreditUnion InsuranceAgency
    FoodEstablishment Bakery
    BarOrPub Brewery CafeOrCoffeeShop Distillery FastFoodRestaurant IceCreamShop Restaurant Winery GovernmentOffice
    HealthAndBeautyBusiness
    BeautySalon DaySpa HairSalon HealthClub NailSalon HomeAndConstructionBusiness Electrician GeneralContractor
    HVACBusiness HousePainter
    Locksmith MovingCompany Plumber RoofingContractor InternetCafe LegalService Attorney Notary Library
    LodgingBusiness BedAndBreakfast Campground
    Hostel Hotel Motel Resort MedicalBusiness MedicalClinic Optician Pharmacy Physician Hospital ProfessionalService
    RadioStation RealEstateAgent
    RecyclingCenter SelfStorage ShoppingCenter SportsActivityLocation Store BookStore ClothingStore ComputerStore
    ElectronicsStore Florist FurnitureStore
    GardenStore GroceryStore HardwareStore HobbyShop HomeGoodsStore JewelryStore LiquorStore PetStore ShoeStore
    SportingGoodsStore TireShop ToyStore
    WholesaleStore TelevisionStation TouristInformationCenter TravelAgency Brand""".split()
) - {"Brand", "Project", "FundingScheme"}


def objects(block: str) -> list[JSON]:
    """What can be read of one script, which may have HTML entities in the place of quotation marks."""
    block = block[:MAX_BLOCK]
    return values(block if '"' in block else unescape(block))


class Graph:
    def __init__(self, roots: Iterable[JSON]) -> None:
        self._roots = list(roots)

    @lazy
    def tops(self) -> list[Node]:
        """Objects that stand for themselves: at the top, in lists there, in @graph, as a page's main entity; each once,
        references followed."""
        found: list[Node] = []
        waiting = list(reversed(self._roots))
        while waiting and len(found) < MAX_NODES:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(reversed(value[:MAX_NODES]))
            elif isinstance(value, dict):
                found.append(value)
                keys = ("mainEntity", "@graph") if _tells_news(value) else ("about", "mainEntity", "@graph")
                inner = (value.get(key) for key in keys)
                waiting.extend(one for one in inner if isinstance(one, (list, dict)))
        return list({id(whole): whole for node in found if (whole := self.follow(node)) is not None}.values())

    @lazy
    def _by_id(self) -> dict[str, Node]:
        """The fullest object of each @id, wherever it stands."""
        found: dict[str, Node] = {}
        waiting: list[JSON] = list(self._roots)
        for _ in range(MAX_NODES * 10):
            if not waiting:
                break
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                name = value.get("@id")
                if isinstance(name, str) and len(value) > len(found.get(name, {})):
                    found[name] = value
                waiting.extend(inner for inner in value.values() if isinstance(inner, (list, dict)))
        return found

    def follow(self, value: JSON) -> Node | None:
        """The object that is meant by an object, a reference to one, or a list's first; None for anything else."""
        if isinstance(value, list):
            value = next((one for one in value if isinstance(one, dict)), None)
        if not isinstance(value, dict):
            return None
        name = value.get("@id")
        if isinstance(name, str) and len(value) <= 2 and name in self._by_id:
            return self._by_id[name]
        return value


def many(value: JSON) -> list[JSON]:
    return [] if value is None else value if isinstance(value, list) else [value]


def text(value: JSON) -> str:
    """A string or number as text without markup; a list's first; "" for anything else."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("@id") or ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, (int, float)):
        return str(int(value)) if value == value and abs(value) < 1e15 and value == int(value) else str(value)
    cleaned = unescape(value[:5000])
    return " ".join(re.sub(r"<[^<>]{0,500}>", " ", cleaned).split()) if "<" in cleaned else " ".join(cleaned.split())


def _tells_news(node: Node) -> bool:
    """Whether it is an article, which is about others."""
    return any(name.endswith(("Article", "Posting", "NewsItem")) for name in types(node))


def types(node: Node) -> set[str]:
    """Names of @type without their vocabulary's address."""
    return {one.rpartition("/")[2].rpartition(":")[2] for one in many(node.get("@type")) if isinstance(one, str)}
