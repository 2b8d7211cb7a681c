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
    Person("henrik@fjordkaffe.example", "Henrik Solberg", "Fjord Kaffe", "plus"),
    Person("amara.diallo@mail.example", "Amara Diallo"),
    Person("luca.ferri@mail.example", "Luca Ferri", "", "standard", "it"),
    Person("zofia.kowalska@mail.example", "Zofia Kowalska", "", "plus"),
    Person("d.reyes@northlane.example", "Daniel Reyes", "Northlane Studio", "standard"),
    Person("yuki.tanaka@mail.example", "Yuki Tanaka"),
    Person("lena.hartmann@posteo-mail.example", "Lena Hartmann", "", "standard", "de"),
    Person("oliver.bennett@bennettfamily.example", "Oliver Bennett"),
    Person("f.amelung@amelung-hof.example", "Friederike Amelung", "Amelung Hof", "vip", "de"),
    Person("sean.gallagher@eirmail.example", "Sean Gallagher"),
    Person("mehmet.aydin@postfach.example", "Mehmet Aydin", "", "standard", "de"),
    Person("charlotte@prycedesign.example", "Charlotte Pryce", "Pryce Design"),
    Person("kh.obermueller@t-netz.example", "Karl-Heinz Obermüller", "", "standard", "de"),
    Person("grace.whitfield@whitfield-law.example", "Grace Whitfield", "Whitfield Law", "plus"),
    Person(
        "sabine.krueger@wanderverein-hochschwarzwald.example",
        "Sabine Krüger",
        "Wanderverein Hochschwarzwald e. V.",
        "plus",
        "de",
    ),
    Person("callum.fraser@highlandmail.example", "Callum Fraser", "", "plus"),
    Person("al.schuster@gmx-post.example", "Anna-Lena Schuster", "", "standard", "de"),
    Person("rosie.atherton@athertons.example", "Rosie Atherton"),
    Person(
        "bjoern@kuestenwind.example", "Björn Petersen", "Jugendgruppe Küstenwind", "standard", "de"
    ),
    Person("hannah.oconnor@mail.example", "Hannah O'Connor"),
    Person("imogen.clarke@mail.example", "Imogen Clarke"),
    Person("stefan.baumgartner@alpenpost.example", "Stefan Baumgartner", "", "standard", "de"),
)
