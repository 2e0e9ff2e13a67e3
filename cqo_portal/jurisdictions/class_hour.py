"""How long a class hour lasts: none of the five texts says it, so all of them are read alike."""

from .schema import ClassHour, Reading

USUAL = ClassHour(
    key="class-hour",
    label="一学时",
    cites="文本未规定",
    minutes=45,
    reading=Reading(
        "一学时按 45 分钟，只用来与上课的起止时间核对；学时数以主办单位登记的为准，不按分钟折算。",
        "五份文本都只写“学时”，没有写一学时多长；45 分钟是学校通行的一节课。",
    ),
)
