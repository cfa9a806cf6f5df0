"""What names a role, in the languages that careers pages are in."""

import pytest

from shared.extract.openings import names_role

ROLES = """
Vrachtwagenchauffeur|Poetshulp|Schreiner|Steuerfachangestellte|Medizinische Fachangestellte|Altenpfleger|Hausmeister
Aide-soignant|Préparateur de commandes|Infirmière|Enfermera|Mozo de almacén|Commessa|Saldatore|Encanador|Cozinheiro
Undersköterska|Lagerarbetare|Sykepleier|Lagermedarbejder|Sähköasentaja|Projektipäällikkö|Sprzedawca|Prodavač
Villanyszerelő|Szoftverfejlesztő|Bucătar|Depo Görevlisi|Повар|Кладовщик|Офіціант|調理師|施工管理|요리사|厨师
Housekeeper|Security guard|Warehouse worker
"""
OTHERS = """
Unsere Werte|Über uns|Nos valeurs|Ce que nous offrons|Nuestra historia|La nostra storia|Onze cultuur|Vores kultur
Meidän tarina|Nasza historia|Naše hodnoty|Rólunk|Despre noi|Hakkımızda|О компании|Про нас|会社概要|福利厚生|회사 소개|关于我们
Why work here|Health insurance|Our offices
"""


@pytest.mark.parametrize("title", ROLES.replace("\n", "|").strip("|").split("|"))
def test_a_title_names_a_role(title: str) -> None:
    assert names_role(title)


@pytest.mark.parametrize("text", OTHERS.replace("\n", "|").strip("|").split("|"))
def test_what_else_careers_pages_say_names_none(text: str) -> None:
    assert not names_role(text)
