"""Tables of other languages of Europe are refused, those of Western Europe are read.

Words between semicolons are the rows of one table, as classes of radiology have them.
"""

import pytest

from pipelines.tables import code_pages, other_europe

OTHERS = {
    "cp1250": """
    muž;žena;věk|benigní;maligní;část|Dvořák;Novák|nádor;čistý|měření;výška|Jiří|růst
    lehká;středně těžká;těžká|ano;ne;částečně|Černý|pravý;levý;střední
    łagodny;złośliwy|zdrowy;chory;mężczyzna|mięsak;oponiak|ropień;torbiel|kość|węzeł
    nő;férfi|jóindulatú;rosszindulatú;idős|műtét;törés|enyhe;súlyos;nő|gyűrű;tömör
    bărbat;femeie|sănătos;bolnav|dobroćudni;zloćudni;muškarac|žena;liječenje;čvor
    ľahký;ťažký|muž;žena;výška;oň""",
    "cp1254": """
    iyi huylu;kötü huylu;değil|erkek;kadın|sağlıklı;hasta|hafif;şiddetli;ağır|sağ;sol
    göğüs""",
    "cp1257": "moteris;vyras;žmogus;sąnarys|gėris;šlapimas|čia;žema",
}
WESTERN = """
gutartig;bösartig;größer|männlich;weiblich;Fuß;Öl|Müller;García;Hélène;Zoë;Sjøberg
bénin;malin;tumeur évolutive;lésion cérébrale;gauche;où;bête|sévère;œdème;fœtus;âge
benigno;maligno;età;città;perché;più;sì|lesión;próstata;año;niño;hígado;sí;MUÑOZ
lesão;lesões;não;mês;três;bebê;irmãs;câncer|godartet;ondartet;køn;højre;blå;æble;træ
godartet;høyre;måling;først;à;én|höger;vänster;kön;ålder|oikea;ikä;äiti;sydän;öljy
góðkynja;illkynja;hægri;vinstri;sýni;þekkt|goedaardig;één;geïsoleerd;coördinatie
benigne;pròstata;lesió;història;dèbil;què;força;raïm|õhk;käsi;kõrv
"""


def words(text):
    return [word.strip() for word in text.replace("\n", "|").split("|") if word.strip()]


def table(word, encoding):
    rows = "".join(f"{n},{cell}\n" for n, cell in enumerate(word.split(";")))
    return f"patient_id,x\n{rows}".encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "word"),
    [(encoding, word) for encoding, text in OTHERS.items() for word in words(text)],
)
def test_other_code_pages_are_never_read_as_western(encoding, word):
    content = table(word, encoding)
    with pytest.raises(ValueError, match="it is no UTF-8, and its letters"):
        code_pages.decoded(content)
    assert code_pages.decoded_as(content, encoding) == content.decode(encoding)


@pytest.mark.parametrize("word", words(WESTERN))
def test_western_europe_is_read(word):
    text = table(word, "cp1252").decode("cp1252")
    assert other_europe.odd_line(text) == 0
    assert code_pages.decoded(text.encode("cp1252")) == (text, code_pages.WESTERN)


def test_the_first_line_is_named():
    content = "id,x\n1,nádor\n2,střední\n3,měření\n".encode("cp1250")
    with pytest.raises(ValueError, match="Turkey or the Baltic: see line 3"):
        code_pages.decoded(content)
    assert other_europe.odd_line("a\nžena\nb\nlijeèenje\n") == 4  # the two together
