"""The made-up people of the sample data: customers of the sample shop, known to the sample CRM."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody who buys at the sample shop."""

    email: str
    name: str
    company: str = ""
    tier: str = "standard"
    language: str = "en"


PEOPLE = (
    Person("maya.lindqvist@mail.example", "Maya Lindqvist", "", "vip"),
    Person("tomas.okafor@mail.example", "Tomas Okafor"),
    Person("ines.duarte@atelier-duarte.example", "Inês Duarte", "Atelier Duarte", "plus"),
    Person("jonas.weber@mail.example", "Jonas Weber", "", "standard", "de"),
    Person("priya.raman@brightwater.example", "Priya Raman", "Brightwater Labs", "vip"),
    Person("claire.moreau@mail.example", "Claire Moreau", "", "standard", "fr"),
    Person("henrik.solberg@fjordkaffe.example", "Henrik Solberg", "Fjord Kaffe", "plus"),
    Person("amara.diallo@mail.example", "Amara Diallo"),
    Person("luca.ferri@mail.example", "Luca Ferri", "", "standard", "it"),
    Person("zofia.kowalska@mail.example", "Zofia Kowalska", "", "plus"),
    Person("daniel.reyes@northlane.example", "Daniel Reyes", "Northlane Studio", "standard"),
    Person("yuki.tanaka@mail.example", "Yuki Tanaka"),
)
