"""Text in a machine's code page is read where it shows which, and else refused."""

import pytest

from pipelines.tables import code_pages

WESTERN = """
Müller|größe|Ärzte|ÄRZTE|GROß|JOÃO|AÇÃO|ações|créée|päätös|37 °C|mm²|50µm|l’été|5–10
L1 – L2|Straße|MUÑOZ|García|Øst|€ 5|„Spaß“|«oui»|PatientGröße|Zoë|cœur et été|±1|½|…
naïve|Garcia Íñiguez|Å|1º|Mª José|¿qué?|N°5
"""
MAC = """
Müller|größe|Ärzte|ÄRZTE|GROß|ações|créée|päätös|37 °C|l’été|Straße|España|MUÑOZ|García
Ödön|Øst|Zoë|œil et été|naïve|Köln|André|Garcia Íñiguez|Öl|øst|León
"""
CHINESE = """
张三|肝纤维化|患者编号|李娜;王伟;王芳|良性;恶性|是;否|轻度;中度;重度|T2加权，增强（动脉期）
"""


def words(text):
    return [word for word in text.replace("\n", "|").split("|") if word]


def table(word, encoding):
    return f"patient_id,x\n0017,{word}\n".encode(encoding)


@pytest.mark.parametrize("word", words(WESTERN))
def test_western_europe(word):
    text = table(word, "cp1252").decode("cp1252")
    assert code_pages.decoded(table(word, "cp1252")) == (text, code_pages.WESTERN)


@pytest.mark.parametrize("word", words(CHINESE))
def test_chinese(word):
    text = table(word, "gb18030").decode("gb18030")
    assert code_pages.decoded(table(word, "gb18030")) == (text, code_pages.CHINESE)


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        *(("mac_roman", word) for word in words(MAC)),
        *(("cp1251", word) for word in ("Иванов", "ИВАНОВ", "Петр", "жен")),
        *(("cp1253", word) for word in ("Καλή", "ΑΝΔΡΑΣ")),
        *(("cp949", word) for word in ("김철수", "남;여", "서울대학교병원")),
        *(("cp932", word) for word in ("山田", "男;女", "たろう")),
        *(("big5", word) for word in ("張三", "男;女", "惡性")),
        *(("cp1250", word) for word in ("Paweł", "Zając", "Żółty")),
        ("gb18030", "男"),
        ("cp1252", "œuvre"),
    ],
)
def test_what_may_be_another_is_refused(encoding, word):
    with pytest.raises(ValueError, match="do not tell what else it is: see line 2"):
        code_pages.decoded(table(word, encoding))


@pytest.mark.parametrize(
    ("code_page", "word"),
    [("cp1250", "střední"), ("CP1252", "größe"), ("mac_roman", "größe"), ("gbk", "女")],
)
def test_a_code_page_that_is_named_is_taken(code_page, word):
    content = table(word, code_page)
    assert code_pages.decoded_as(content, code_page) == f"patient_id,x\n0017,{word}\n"


@pytest.mark.parametrize(
    ("code_page", "encoding", "message"),
    [
        (
            "cp125",
            "cp1250",
            "no code page 'cp125'. Some that there are: cp1250",
        ),
        ("hex", "cp1250", "there is no code page 'hex'"),
        ("cp1250", "utf-8", "it is UTF-8 and not cp1250. Leave #cp1250 out"),
        ("cp1250", "utf-8-sig", "it is UTF-8 and not cp1250. Leave #cp1250 out"),
        ("ascii", "cp1250", "can't decode byte"),
    ],
)
def test_a_code_page_that_is_wrong(code_page, encoding, message):
    with pytest.raises(ValueError, match=message):
        code_pages.decoded_as(table("střední", encoding), code_page)
