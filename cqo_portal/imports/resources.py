"""The seam with django-import-export.

Its way from a file to rows (tablib, formats, forms in the admin) is not ours: offices send title lines, merged
headers, full-width digits. So `reading` makes clean values, and from there on the package does its part: a
`Resource` per kind names the fields and widgets, finds the instance, writes the row into it, and says by its
diff whether anything changes. The same `import_row` answers "what would happen" (dry run) and lets it happen.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from import_export import resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import RowResult

from cqo_portal.imports.catalogue import CHANGED, NEW, SAME, Consequence, Errand
from cqo_portal.imports.enterprises import hold
from cqo_portal.imports.reading import Judged

_OUTCOMES = {
    RowResult.IMPORT_TYPE_NEW: NEW,
    RowResult.IMPORT_TYPE_UPDATE: CHANGED,
    RowResult.IMPORT_TYPE_SKIP: SAME,
}
TOLD_EVERY = 100


class KnownInstances(BaseInstanceLoader):
    """Instances that were fetched together, by the key of a row."""

    def __init__(self, resource, known: Mapping[Hashable, Any]) -> None:
        super().__init__(resource)
        self.known = dict(known)

    def get_instance(self, row):
        return self.known.get(self.resource.key_of(row))


class RowResource(resources.ModelResource):
    """A resource for rows that were judged before. Blank cells are not in the row and change nothing."""

    def __init__(self, errand: Errand, **kwargs) -> None:
        super().__init__(**kwargs)
        self.errand = errand

    class Meta:
        skip_unchanged = True
        skip_html_diff = True
        store_instance = True
        use_transactions = False

    def key_of(self, row: Mapping) -> Hashable:
        raise NotImplementedError

    def before_save_instance(self, instance, row, **kwargs) -> None:
        self.said = row.keys() - set(self._meta.import_id_fields)

    def do_instance_save(self, instance, is_create) -> None:
        """Of what stands already only the fields are written that the row speaks of."""
        fields = {field.attribute for field in self.get_import_fields() if field.column_name in self.said}
        instance.save(force_insert=is_create, update_fields=None if is_create else fields)

    def handled(self, row: dict, loader: KnownInstances, *, number: int, dry_run: bool) -> RowResult:
        """One row through the package; what it could not do is raised, never passed over."""
        result = self.import_row(row, loader, dry_run=dry_run, use_transactions=False, row_number=number)
        for error in result.errors:
            raise error.error
        if result.validation_error:
            raise result.validation_error
        return result

    def changes(self, result: RowResult) -> tuple[tuple[str, str, str], ...]:
        """(label, old, new) of every field that differs."""
        if result.import_type != RowResult.IMPORT_TYPE_UPDATE:
            return ()
        pairs = (
            (field, field.export(result.original), field.export(result.instance))
            for field in self.get_import_fields()
        )
        return tuple(
            (self.label_of(field), self.shown(field, str(old or "")), self.shown(field, str(new or "")))
            for field, old, new in pairs
            if old != new
        )

    def shown(self, field, value: str) -> str:
        """A value in words for people."""
        return value

    def label_of(self, field) -> str:
        return str(self._meta.model._meta.get_field(field.attribute.partition("__")[0]).verbose_name)


class ResourceWork:
    """The work of a kind whose rows become instances of one model."""

    resource: ClassVar[type[RowResource]]

    def __init__(self, errand: Errand) -> None:
        self.errand = errand

    def hold(self, rows: Sequence[Judged]) -> None:
        hold(str(row.values["credit_code"]) for row in rows if row.is_sound("credit_code"))

    def judge(self, rows: Sequence[Judged]) -> None:
        """Kinds say here what only the database knows."""

    def known(self, rows: Sequence[Judged]) -> Mapping[Hashable, Any]:
        """The instances that already stand for these rows, by key."""
        raise NotImplementedError

    def row_of(self, row: Judged) -> dict:
        raise NotImplementedError

    def title_of(self, row: Judged) -> str:
        return ""

    def plan(self, rows: Sequence[Judged]) -> list[Consequence]:
        return [
            Consequence(_OUTCOMES[result.import_type], resource.changes(result), self.title_of(row))
            for row, resource, result in self._through(rows, dry_run=True)
        ]

    def apply(self, rows: Sequence[Judged], *, tell: Callable[[int], None]) -> None:
        for done, _ in enumerate(self._through(rows, dry_run=False), start=1):
            if done % TOLD_EVERY == 0:
                tell(done)

    def _through(
        self, rows: Sequence[Judged], *, dry_run: bool
    ) -> Iterable[tuple[Judged, RowResource, RowResult]]:
        resource = self.resource(self.errand)
        loader = KnownInstances(resource, self.known(rows))
        for row in rows:
            yield (
                row,
                resource,
                resource.handled(self.row_of(row), loader, number=row.number, dry_run=dry_run),
            )
