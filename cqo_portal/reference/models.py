"""Codes others have defined: divisions, industries, working days. Their own codes are the keys."""

from django.db import models
from django.db.models import F, Q


class Division(models.Model):
    """A code of GB/T 2260, or a statistical code of a zone, which is no division and starts switched off."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "地级"
        COUNTY = "county", "县级"

    code = models.CharField("代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=50)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name="上级"
    )
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="division_code_six_digits"),
        ]

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """A code of GB/T 4754: a section's letter, or two to four digits."""

    class Level(models.IntegerChoices):
        SECTION = 1, "门类"
        DIVISION = 2, "大类"
        GROUP = 3, "中类"
        CLASS = 4, "小类"

    code = models.CharField("代码", max_length=4, primary_key=True)
    name = models.CharField("名称", max_length=100)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    section = models.CharField("门类", max_length=1)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name="上级"
    )

    class Meta:
        verbose_name = "国民经济行业"
        ordering = ["section", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CalendarYear(models.Model):
    """A year whose days off have been announced. What is not here is never guessed."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = "放假安排"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year} 年"


class SpecialDay(models.Model):
    """A holiday off, or a weekend day worked in its place. All other days follow the week."""

    day = models.DateField("日期", primary_key=True)
    year = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days", verbose_name="年份")
    working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=50)

    class Meta:
        verbose_name = "放假或调休日"
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(condition=Q(day__year=F("year")), name="special_day_lies_in_its_year"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
