"""Runs behind the fence (`cqo_portal.fenced`): turns an uploaded file into one of our own making, or a page into a picture.

Re-making is the defence: what is stored was written by us. Sniffing only says early and kindly what
cannot be accepted.
"""

import io

from cqo_portal.fenced import Refusal

MOST_PAGES = 200
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 4000
PAGE_SCALE = 2.0  # 144 dpi: readable small print, modest files

# What a page needs to be drawn; whatever else hangs on it (actions, annotations, attached files) stays behind.
PAGE_KEYS = frozenset(
    "/Type /Parent /Resources /Contents /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Group /UserUnit".split()
)
# What may hang on a picture or a font of the page, and is not drawn either.
UNSAFE_KEYS = frozenset(
    "/AA /AF /EF /JS /OPI /Ref /PieceInfo /Metadata /OpenAction /JavaScript /Alternates".split()
)


def remade(raw: bytes) -> tuple[bytes, dict]:
    """The file as we write it ourselves, and its media type and page count."""
    if raw.startswith(b"%PDF-"):
        return _pdf(raw)
    if raw.startswith(b"\xff\xd8\xff"):
        return _picture(raw, "JPEG")
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture(raw, "PNG")
    raise Refusal("这不是 PDF、JPG 或 PNG 文件（按内容判断，与扩展名无关）。请转换后再传。")


def _pdf(raw: bytes) -> tuple[bytes, dict]:
    import pikepdf

    try:
        source = pikepdf.open(io.BytesIO(raw))
    except pikepdf.PasswordError as error:
        raise Refusal("这个 PDF 设有密码，审核人员打不开。请去掉密码后再传。") from error
    except pikepdf.PdfError as error:
        raise Refusal("这个 PDF 已损坏，打不开。请重新导出或扫描后再传。") from error
    if not 0 < len(source.pages) <= MOST_PAGES:
        raise Refusal(f"这个 PDF 有 {len(source.pages)} 页，每件须为 1 至 {MOST_PAGES} 页。请拆开再传。")
    clean = pikepdf.new()
    for page in source.pages:
        for key in set(page.keys()) - PAGE_KEYS:
            del page[key]
        clean.pages.append(page)
    for thing in clean.objects:
        _strip(thing)
    out = io.BytesIO()
    clean.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue(), {"media_type": "application/pdf", "pages": len(clean.pages)}


def _strip(thing) -> None:
    """Take the unsafe keys out of an object and of what lies directly in it."""
    import pikepdf

    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key in UNSAFE_KEYS & set(thing.keys()):
            del thing[key]
        inner = [value for key, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return
    for value in inner:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            _strip(value)


def _picture(raw: bytes, kind: str) -> tuple[bytes, dict]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    too_many = "这张图片的像素过多（超过 4000 万）。请降低分辨率后再传。"
    try:
        picture = Image.open(io.BytesIO(raw), formats=[kind])
        if picture.width * picture.height > MOST_PIXELS:
            raise Refusal(too_many)
        picture = ImageOps.exif_transpose(picture)
        picture = picture.convert("RGB")
    except Image.DecompressionBombError as error:
        raise Refusal(too_many) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refusal("这张图片已损坏，打不开。请重新拍照或扫描后再传。") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info.clear()  # Pillow would write the sender's comment and colour profile again
    out = io.BytesIO()
    picture.save(out, format=kind, **({"quality": 88} if kind == "JPEG" else {"optimize": True}))
    return out.getvalue(), {"media_type": f"image/{kind.lower()}", "pages": 1}


def page_picture(pdf: bytes, number: str) -> tuple[bytes, dict]:
    """Page `number` (from 1) of a PDF of ours, as PNG."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    page = document[int(number) - 1]
    scale = min(PAGE_SCALE, LONGEST_SIDE / max(page.get_size()))
    out = io.BytesIO()
    page.render(scale=scale).to_pil().save(out, format="PNG", optimize=True)
    return out.getvalue(), {}
