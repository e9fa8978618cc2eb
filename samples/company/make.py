#!/usr/bin/env python3
"""Makes the sample company from source/: documents, unreadable files, rights and facts.

    pip install -r requirements.txt
    python make.py            write documents/, unreadable/, rights.json, facts.jsonl, the table in README.md
    python make.py --check    read what was produced back and verify every fact against it

The output is byte for byte the same on every run with the versions in requirements.txt.
"""

import datetime
import html
import io
import json
import pathlib
import random
import re
import sys
import zipfile

import docx
import openpyxl
import pypdf
import yaml
from docx.shared import Pt
from odf import style as odf_style
from odf import table as odf_table
from odf import text as odf_text
from odf.opendocument import OpenDocumentText, load as load_odt
from openpyxl.styles import Alignment, Font, PatternFill
from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation
from pptx.util import Inches
from reportlab import rl_config
from reportlab.lib import colors, pagesizes, pdfencrypt
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen import canvas as pdf_canvas
from reportlab.platypus import (BaseDocTemplate, Frame, ListFlowable, ListItem, NextPageTemplate, PageBreak,
                                PageTemplate, Paragraph, Spacer, Table, TableStyle)
from reportlab.platypus.tableofcontents import TableOfContents

HERE = pathlib.Path(__file__).resolve().parent
SOURCE, DOCUMENTS, UNREADABLE = HERE / "source", HERE / "documents", HERE / "unreadable"
MADE_ON = datetime.datetime(2026, 1, 12, 9, 0, 0)
FIRM = "Veltrane"
CHARACTERS_A_PAGE = 3000
KINDS = ("direct", "paraphrased", "table", "cross-language", "two-hop", "unanswerable")
PRINCIPALS = {
    "clotilde.warembourg": ["staff", "hr"],
    "tilman.eckerle": ["staff", "hr"],
    "maelle.ortscheidt": ["staff", "hr", "board"],
    "joachim.redlinghaus": ["staff", "board"],
    "corentin.aubrisse": ["staff"],
    "henrike.saalbach": ["staff"],
}
WORDS = {
    "en": {"page": "Page {0} of {1}", "contents": "Contents", "revision": "Revision"},
    "fr": {"page": "Page {0} sur {1}", "contents": "Sommaire", "revision": "Révision"},
    "de": {"page": "Seite {0} von {1}", "contents": "Inhalt", "revision": "Ausgabe"},
}
HYPHENATION = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE"}
rl_config.invariant = 1


# ---------------------------------------------------------------- source

def read_source(path):
    """Front matter and blocks of one source file."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    document = yaml.safe_load(front)
    document.setdefault("readers", ["staff"])
    document["body"] = body.strip() + "\n"
    document["blocks"] = [typeset_block(b, document) for b in blocks(document["body"])]
    return document


def blocks(body):
    """Headings, paragraphs, lists, tables and directives of a body, as tuples."""
    found = []
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = chunk.split("\n")
        if match := re.fullmatch(r"<!-- (\w+)(?: (\S+))? -->", chunk.strip()):
            found.append((match[1], match[2]))
        elif match := re.fullmatch(r"(#+) (.*)", chunk.strip()):
            found.append(("heading", len(match[1]), match[2]))
        elif lines[0].startswith("|"):
            rows = [[c.strip() for c in line.strip().strip("|").split("|")] for line in lines]
            found.append(("table", [rows[0]] + rows[2:]))
        elif lines[0].startswith("- "):
            found.append(("bullets", items(lines, r"- ")))
        elif re.match(r"\d+\. ", lines[0]):
            found.append(("numbers", items(lines, r"\d+\. ")))
        elif lines[0].startswith("> "):
            found.append(("note", " ".join(line.removeprefix("> ") for line in lines)))
        else:
            found.append(("paragraph", " ".join(line.strip() for line in lines)))
    return found


def items(lines, marker):
    collected = []
    for line in lines:
        if re.match(marker, line):
            collected.append(re.sub("^" + marker, "", line))
        else:
            collected[-1] += " " + line.strip()
    return collected


def typeset(text, language):
    """Typographic apostrophes, and in French the spaces that must not break."""
    text = re.sub(r"(?<=\w)'(?=\w)", "\u2019", text)
    if language == "fr":
        text = re.sub(r" (?=[:;!?»%€])", "\u00a0", text).replace("« ", "«\u00a0")
        text = re.sub(r"(?<=\d) (?=\d{3}\b)", "\u00a0", text)
    return text


def is_typeset(document):
    return document["format"] not in ("md", "eml", "xlsx")


def typeset_block(block, document):
    if not is_typeset(document):
        return block
    setter = lambda value: typeset(value, document["language"])
    kind, *rest = block
    if kind in ("paragraph", "note"):
        return (kind, setter(rest[0]))
    if kind == "heading":
        return (kind, rest[0], setter(rest[1]))
    if kind in ("bullets", "numbers"):
        return (kind, [setter(i) for i in rest[0]])
    if kind == "table":
        return (kind, [[setter(c) for c in row] for row in rest[0]])
    return block


def plain(text):
    return re.sub(r"\*\*|(?<!\w)\*|\*(?!\w)|`", "", text)


def marked_up(text):
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    return re.sub(r"`(.+?)`", r'<font face="Courier">\1</font>', text)


# ---------------------------------------------------------------- PDF

INK, RULE, SHADE = colors.HexColor("#12343b"), colors.HexColor("#9fb4b8"), colors.HexColor("#e8eff0")


class CountingCanvas(pdf_canvas.Canvas):
    """A canvas that knows the number of pages when it draws the foot of each."""

    def __init__(self, *args, foot=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.foot, self.kept = foot, []

    def showPage(self):
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for number, state in enumerate(self.kept, 1):
            self.__dict__.update(state)
            self.foot(self, number, len(self.kept))
            super().showPage()
        super().save()


class PdfDocument(BaseDocTemplate):
    def afterFlowable(self, flowable):
        if isinstance(flowable, Paragraph) and flowable.style.name in ("h1", "h2"):
            self.notify("TOCEntry", (int(flowable.style.name[1]) - 1, flowable.getPlainText(), self.page))


def pdf_styles(language, columns_only=False):
    hyphens = dict(hyphenationLang=HYPHENATION[language], embeddedHyphenation=1, hyphenationMinWordLength=7)
    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=15.2, spaceAfter=7,
                          alignment=TA_JUSTIFY, **hyphens)
    heading = lambda name, size, before: ParagraphStyle(
        name, fontName="Helvetica-Bold", fontSize=size, leading=size * 1.25, spaceBefore=before, spaceAfter=5,
        textColor=INK, keepWithNext=1)
    return {
        "body": body,
        "narrow": ParagraphStyle("narrow", parent=body, fontSize=10, leading=12.7, spaceAfter=5),
        "cell": ParagraphStyle("cell", fontName="Helvetica", fontSize=9, leading=11.4),
        "head": ParagraphStyle("head", fontName="Helvetica-Bold", fontSize=9, leading=11.4),
        "note": ParagraphStyle("note", parent=body, leftIndent=8, rightIndent=8, borderPadding=6, backColor=SHADE,
                               spaceBefore=8, spaceAfter=12, fontName="Helvetica", fontSize=9.3, leading=12),
        "title": ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=21, leading=25, spaceAfter=4,
                                textColor=INK),
        "subtitle": ParagraphStyle("subtitle", fontName="Helvetica", fontSize=9.5, leading=13, spaceAfter=14,
                                   textColor=colors.HexColor("#4a6064")),
        "h1": heading("h1", 14.5, 14), "h2": heading("h2", 11.8, 10), "h3": heading("h3", 10.4, 8),
    }


def pdf_table(rows, styles, width):
    columns = range(len(rows[0]))
    measure = lambda value: stringWidth(value, "Helvetica-Bold", 9)
    needed = [max(measure(word) for row in rows for word in plain(row[c]).split() or [""]) + 13 for c in columns]
    wanted = [max(measure(plain(row[c])) for row in rows) ** 0.75 for c in columns]
    spare = max(0, width - sum(needed))
    widths = [(need + spare * want / sum(wanted)) * min(1, width / sum(needed)) for need, want in zip(needed, wanted)]
    grid = [[Paragraph(marked_up(c), styles["head" if i == 0 else "cell"]) for c in row]
            for i, row in enumerate(rows)]
    made = Table(grid, colWidths=widths, repeatRows=1, spaceAfter=10,
                 spaceBefore=4)
    made.setStyle(TableStyle([
        ("BACKGROUND", (0, 0), (-1, 0), SHADE), ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 3.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3)]))
    return made


def write_pdf(document, path):
    words, styles = WORDS[document["language"]], pdf_styles(document["language"])
    width, height = pagesizes.A4
    left, right, top, bottom = 24 * mm, 22 * mm, 26 * mm, 22 * mm
    inner, tall = width - left - right, height - top - bottom
    title = typeset(document["title"], document["language"])

    def foot(canvas, number, total):
        canvas.setFont("Helvetica", 7.8)
        canvas.setFillColor(colors.HexColor("#4a6064"))
        canvas.setStrokeColor(RULE)
        canvas.line(left, height - 19 * mm, width - right, height - 19 * mm)
        canvas.drawString(left, height - 17 * mm, FIRM.upper())
        canvas.drawRightString(width - right, height - 17 * mm, title)
        canvas.drawString(left, 13 * mm, f'{document["id"]} – {words["revision"]} {document["revision"]}'
                                         f' – {document["date"]}')
        canvas.drawRightString(width - right, 13 * mm, words["page"].format(number, total))

    gap = 7 * mm
    half = (inner - gap) / 2
    frame = lambda x, w: Frame(x, bottom, w, tall, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    made = PdfDocument(
        str(path), pagesize=pagesizes.A4, title=title, author=document.get("author", FIRM), subject=document["id"],
        lang=document["language"], invariant=1,
        pageTemplates=[PageTemplate("one", [frame(left, inner)]),
                       PageTemplate("two", [frame(left, half), frame(left + half + gap, half)])])
    story, text, available = [], "body", inner
    subtitle = f'{document["id"]} · {words["revision"]} {document["revision"]} · {document["date"]}'
    if document.get("author"):
        subtitle += " · " + document["author"]
    if document.get("cover"):
        story += [Spacer(1, 70 * mm)]
    story += [Paragraph(marked_up(title), styles["title"]), Paragraph(subtitle, styles["subtitle"])]
    if document.get("cover"):
        for line in document["cover"]:
            story.append(Paragraph(marked_up(typeset(line, document["language"])), styles["body"]))
        contents = TableOfContents(dotsMinLevel=0, tableStyle=TableStyle([
            ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]), levelStyles=[
            ParagraphStyle("c1", fontName="Helvetica-Bold", fontSize=9.4, leading=12.2),
            ParagraphStyle("c2", fontName="Helvetica", fontSize=8.8, leading=10.4, leftIndent=12)])
        story += [PageBreak(), Paragraph(words["contents"], ParagraphStyle("contents", parent=styles["h1"])),
                  contents, PageBreak()]
    for kind, *rest in document["blocks"]:
        if kind == "heading":
            story.append(Paragraph(marked_up(rest[1]), styles[f"h{min(rest[0], 3)}"]))
        elif kind == "paragraph":
            story.append(Paragraph(marked_up(rest[0]), styles[text]))
        elif kind == "note":
            story.append(Paragraph(marked_up(rest[0]), styles["note"]))
        elif kind in ("bullets", "numbers"):
            story.append(ListFlowable(
                [ListItem(Paragraph(marked_up(i), styles[text]), leftIndent=14) for i in rest[0]],
                bulletType="bullet" if kind == "bullets" else "1", bulletFontSize=8.5, leftIndent=14,
                **({"start": "•"} if kind == "bullets" else {"bulletFormat": "%s."})))
            story.append(Spacer(1, 3))
        elif kind == "table":
            story.append(pdf_table(rest[0], styles, available))
        elif kind == "pagebreak":
            story.append(PageBreak())
        elif kind == "columns":
            two = rest[0] == "2"
            story += [NextPageTemplate("two" if two else "one"), PageBreak()]
            text, available = ("narrow", half) if two else ("body", inner)
        else:
            raise ValueError(f"{path.name}: no such block: {kind}")
    made.multiBuild(story, canvasmaker=lambda *a, **k: CountingCanvas(*a, foot=foot, **k))


# ---------------------------------------------------------------- the other formats

def same_zip(path):
    """Writes an office file again with fixed member times, so that two runs give the same bytes."""
    with zipfile.ZipFile(path) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members:
            if name in ("docProps/core.xml", "meta.xml"):
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?",
                                 MADE_ON.isoformat().encode(), content)
            entry = zipfile.ZipInfo(name, (2026, 1, 12, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(entry, content)


def runs(paragraph, text):
    for part in re.split(r"(\*\*.+?\*\*|\*.+?\*|`.+?`)", text):
        if part:
            run = paragraph.add_run(part.strip("*`") if part[0] in "*`" else part)
            run.bold = part.startswith("**") or None
            run.italic = (part.startswith("*") and not part.startswith("**")) or None
    return paragraph


def write_docx(document, path):
    made = docx.Document()
    made.styles["Normal"].font.name = "Calibri"
    made.styles["Normal"].font.size = Pt(10.5)
    core = made.core_properties
    core.title, core.author, core.language = document["title"], document.get("author", FIRM), document["language"]
    core.comments, core.subject = "", document["id"]
    core.created = core.modified = MADE_ON
    section = made.sections[0]
    section.header.paragraphs[0].text = f'{FIRM} – {document["id"]} – {document["title"]}'
    section.footer.paragraphs[0].text = \
        f'{WORDS[document["language"]]["revision"]} {document["revision"]} – {document["date"]}'
    made.add_heading(typeset(document["title"], document["language"]), 0)
    for kind, *rest in document["blocks"]:
        if kind == "heading":
            made.add_heading(plain(rest[1]), rest[0])
        elif kind == "paragraph":
            runs(made.add_paragraph(), rest[0])
        elif kind == "note":
            runs(made.add_paragraph(style="Intense Quote"), rest[0])
        elif kind in ("bullets", "numbers"):
            for item in rest[0]:
                runs(made.add_paragraph(style="List Bullet" if kind == "bullets" else "List Number"), item)
        elif kind == "table":
            grid = made.add_table(rows=0, cols=len(rest[0][0]), style="Light Grid Accent 1")
            for row in rest[0]:
                for cell, value in zip(grid.add_row().cells, row):
                    runs(cell.paragraphs[0], value)
            made.add_paragraph()
        elif kind == "pagebreak":
            made.add_page_break()
    made.save(path)
    same_zip(path)


def cell_value(text):
    """The number that a cell's text stands for and its format; otherwise the text itself."""
    if re.fullmatch(r"-?\d{1,3}(,\d{3})*\.\d\d", text):
        return float(text.replace(",", "")), "#,##0.00"
    if re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+", text):
        return int(text.replace(",", "")), "#,##0"
    if re.fullmatch(r"-?(0|[1-9]\d*)", text):
        return int(text), "0"
    return plain(text), "General"


def write_xlsx(document, path):
    made = openpyxl.Workbook()
    made.remove(made.active)
    properties = made.properties
    properties.title, properties.creator = document["title"], document.get("author", FIRM)
    properties.created = properties.modified = MADE_ON
    sheet, row = None, 1
    for kind, *rest in document["blocks"]:
        if kind == "heading":
            sheet, row = made.create_sheet(rest[1][:31]), 3
            sheet["A1"] = f'{document["title"]} – {rest[1]}'
            sheet["A1"].font = Font(bold=True, size=13)
        elif kind in ("paragraph", "note"):
            sheet.cell(row, 1, plain(rest[0])).alignment = Alignment(wrap_text=False)
            row += 1
        elif kind == "table":
            row += 1
            for index, cells in enumerate(rest[0]):
                for column, text in enumerate(cells, 1):
                    value, number_format = cell_value(text)
                    cell = sheet.cell(row, column, value)
                    cell.number_format = number_format
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                    if index == 0:
                        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EFF0")
                        sheet.column_dimensions[cell.column_letter].width = \
                            min(46, max(9, *(len(r[column - 1]) + 2 for r in rest[0])))
                row += 1
            row += 1
    made.save(path)
    same_zip(path)


def write_html(document, path):
    parts, level_of = [], {}
    for kind, *rest in document["blocks"]:
        if kind == "heading":
            anchor = re.sub(r"[^a-z0-9]+", "-", rest[1].lower()).strip("-")
            level_of[anchor] = (rest[0], rest[1])
            parts.append(f'<h{rest[0] + 1} id="{anchor}">{marked_up(rest[1])}</h{rest[0] + 1}>')
        elif kind == "paragraph":
            parts.append(f"<p>{marked_up(rest[0])}</p>")
        elif kind == "note":
            parts.append(f'<p class="note">{marked_up(rest[0])}</p>')
        elif kind in ("bullets", "numbers"):
            tag = "ul" if kind == "bullets" else "ol"
            parts.append(f"<{tag}>" + "".join(f"<li>{marked_up(i)}</li>" for i in rest[0]) + f"</{tag}>")
        elif kind == "table":
            head, *body = rest[0]
            rows = ["".join(f"<th>{marked_up(c)}</th>" for c in head)]
            rows += ["".join(f"<td>{marked_up(c)}</td>" for c in row) for row in body]
            parts.append("<table>\n" + "\n".join(f"<tr>{r}</tr>" for r in rows) + "\n</table>")
    menu = "".join(f'<li><a href="#{a}">{marked_up(t)}</a></li>' for a, (l, t) in level_of.items() if l == 1)
    title = html.escape(typeset(document["title"], document["language"]))
    page = f"""<!DOCTYPE html>
<html lang="{document['language']}">
<head>
<meta charset="utf-8">
<title>{title} – {FIRM}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto}}table{{border-collapse:collapse}}
td,th{{border-bottom:1px solid #9fb4b8;padding:.2rem .6rem;text-align:left}}.note{{background:#e8eff0;padding:.6rem}}</style>
</head>
<body>
<nav><ul>{menu}</ul></nav>
<main>
<h1>{title}</h1>
{chr(10).join(parts)}
</main>
<footer><p>{document['id']} – {WORDS[document['language']]['revision']} {document['revision']} – {document['date']}</p></footer>
</body>
</html>
"""
    path.write_text(page.replace('<font face="Courier">', "<code>").replace("</font>", "</code>"), encoding="utf-8")


def write_odt(document, path):
    made = OpenDocumentText()
    made.meta.addElement(odf_meta("title", document["title"]))
    bold = odf_style.Style(name="Strong", family="text")
    bold.addElement(odf_style.TextProperties(fontweight="bold"))
    made.automaticstyles.addElement(bold)
    made.text.addElement(odf_text.H(outlinelevel=1, text=document["title"]))
    for kind, *rest in document["blocks"]:
        if kind == "heading":
            made.text.addElement(odf_text.H(outlinelevel=rest[0] + 1, text=plain(rest[1])))
        elif kind in ("paragraph", "note"):
            made.text.addElement(odf_text.P(text=plain(rest[0])))
        elif kind in ("bullets", "numbers"):
            listed = odf_text.List()
            for item in rest[0]:
                entry = odf_text.ListItem()
                entry.addElement(odf_text.P(text=plain(item)))
                listed.addElement(entry)
            made.text.addElement(listed)
        elif kind == "table":
            grid = odf_table.Table(name="Table")
            grid.addElement(odf_table.TableColumn(numbercolumnsrepeated=len(rest[0][0])))
            for row in rest[0]:
                line = odf_table.TableRow()
                for value in row:
                    cell = odf_table.TableCell()
                    cell.addElement(odf_text.P(text=plain(value)))
                    line.addElement(cell)
                grid.addElement(line)
            made.text.addElement(grid)
    made.save(str(path))
    same_zip(path)


def odf_meta(name, value):
    from odf import dc
    return dc.Title(text=value) if name == "title" else dc.Language(text=value)


def write_pptx(document, path):
    made = Presentation()
    core = made.core_properties
    core.title, core.author, core.created, core.modified = \
        document["title"], document.get("author", FIRM), MADE_ON, MADE_ON
    core.last_modified_by = FIRM
    first = made.slides.add_slide(made.slide_layouts[0])
    first.shapes.title.text = document["title"]
    first.placeholders[1].text = f'{document["id"]} – {document["date"]}'
    slide = None
    for kind, *rest in document["blocks"]:
        if kind == "heading":
            slide = made.slides.add_slide(made.slide_layouts[1])
            slide.shapes.title.text = plain(rest[1])
            frame, used = slide.placeholders[1].text_frame, False
        elif kind in ("paragraph", "bullets", "numbers"):
            for line in [rest[0]] if kind == "paragraph" else rest[0]:
                paragraph = frame.add_paragraph() if used else frame.paragraphs[0]
                paragraph.text, used = plain(line), True
        elif kind == "table":
            rows = rest[0]
            grid = slide.shapes.add_table(len(rows), len(rows[0]), Inches(0.6), Inches(4.2), Inches(8.6),
                                          Inches(0.3 * len(rows))).table
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    grid.cell(r, c).text = plain(value)
        elif kind == "note":
            slide.notes_slide.notes_text_frame.text = plain(rest[0])
    made.save(path)
    same_zip(path)


def write_md(document, path):
    body = re.sub(r"<!-- .*? -->\n\n", "", document["body"])
    path.write_text(f'# {document["title"]}\n\n*{document["id"]}, {document["date"]}*\n\n{body}', encoding="utf-8")


def write_eml(document, path):
    from email.message import EmailMessage
    from email.policy import SMTP
    mail = EmailMessage(policy=SMTP.clone(refold_source="none"))
    for header in ("From", "To", "Cc", "Subject", "Date"):
        if header.lower() in document["mail"]:
            mail[header] = document["mail"][header.lower()]
    mail["Message-ID"] = f'<{document["id"].lower()}@{FIRM.lower()}.example>'
    mail.set_content(document["body"], charset="utf-8", cte="quoted-printable")
    path.write_bytes(mail.as_bytes())


WRITERS = {"pdf": write_pdf, "docx": write_docx, "xlsx": write_xlsx, "html": write_html, "odt": write_odt,
           "pptx": write_pptx, "md": write_md, "eml": write_eml}


# ---------------------------------------------------------------- what cannot be read

def write_unreadable():
    UNREADABLE.mkdir(exist_ok=True)
    (UNREADABLE / "bon-de-livraison-vide.txt").write_bytes(b"")
    whole = (DOCUMENTS / "travel-expense-policy.docx").read_bytes()
    (UNREADABLE / "travel-expense-policy-truncated.docx").write_bytes(whole[:len(whole) * 3 // 5])

    page = Image.new("L", (620, 877), 246)
    pen, noise = ImageDraw.Draw(page), random.Random(7)
    font = ImageFont.load_default(size=17)
    lines = ["VELTRANE SAS - Sélestat", "", "Bon de livraison BL-25-30417", "", "Client : Brasserie du Haut-Clos",
             "Date : 18/11/2025", "", "1 x LAUTER 60 PVDF      L60-PVDF-7", "2 x kit membrane        V-1060-KM",
             "", "Reçu en bon état, signature :"]
    for index, line in enumerate(lines):
        pen.text((70, 80 + 34 * index), line, font=font, fill=40)
    for _ in range(4000):
        page.putpixel((noise.randrange(620), noise.randrange(877)), noise.randrange(256))
    scan = io.BytesIO()
    page.rotate(0.7, fillcolor=246).save(scan, "JPEG", quality=55)
    from reportlab.lib.utils import ImageReader
    made = pdf_canvas.Canvas(str(UNREADABLE / "bon-de-livraison-scan.pdf"), pagesize=pagesizes.A4, invariant=1)
    made.drawImage(ImageReader(io.BytesIO(scan.getvalue())), 0, 0, *pagesizes.A4)
    made.save()

    locked = pdf_canvas.Canvas(
        str(UNREADABLE / "lettre-banque-chiffree.pdf"), pagesize=pagesizes.A4, invariant=1,
        encrypt=pdfencrypt.StandardEncryption("sesame-16", ownerPassword="sesame-17", strength=128))
    locked.drawString(70, 760, "Convention de trésorerie - confidentiel")
    locked.save()


# ---------------------------------------------------------------- facts

def read_facts(documents):
    """The facts of source/facts.txt, in the order in which they are written there."""
    by_file, facts, current = {d["file"]: d for d in documents}, [], None
    for number, line in enumerate((SOURCE / "facts.txt").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@"):
            current = line[1:].strip() or None
            if current and current not in by_file:
                raise ValueError(f"facts.txt:{number}: no such document: {current}")
            continue
        if line.startswith("+ "):
            other, other_quote = [f.strip() for f in line[2:].split(" | ")]
            facts[-1].setdefault("elsewhere", []).append(located(by_file[other], other_quote))
            continue
        kind, language, question, answer, accepted, quote, *also = [f.strip() for f in line.split(" | ")]
        if kind not in KINDS:
            raise ValueError(f"facts.txt:{number}: no such kind: {kind}")
        fact = {"id": "", "kind": kind, "language": language, "question": question}
        if kind == "unanswerable":
            fact |= {"answer": None, "accepted": [], "document": None, "quote": None}
        else:
            fact |= {"answer": answer, "accepted": [a.strip() for a in accepted.split(" ; ") if a.strip()],
                     **located(by_file[current], quote)}
            if also:
                other, other_quote = also
                fact["also"] = [located(by_file[other], other_quote)]
            fact["readers"] = sorted(set(by_file[current]["readers"]).intersection(
                *[by_file[a["document"].split("/")[-1]]["readers"] for a in fact.get("also", [])]))
        facts.append(fact)
    for number, fact in enumerate(facts, 1):
        fact["id"] = f"F{number:03d}"
    return facts


def squeezed(text):
    """Text without white space and hyphens, in which a word broken over two lines is whole again."""
    return re.sub(r"[\s\u00a0\u00ad\-]+", "", text)


def located(document, quote):
    """A quote with the page (PDF) or the heading (all others) under which it stands."""
    if is_typeset(document):
        quote = typeset(quote, document["language"])
    place = {"document": "documents/" + document["file"]}
    for where, text in sections(document):
        if squeezed(quote) in squeezed(text):
            return place | where | {"quote": quote}
    raise ValueError(f"{document['file']}: quote not found: {quote}")


def sections(document):
    """Pages or headed sections of the produced file, read back from it, each with its text."""
    path = DOCUMENTS / document["file"]
    kind = document["format"]
    if kind == "pdf":
        return [({"page": n, "heading": None}, page.extract_text())
                for n, page in enumerate(pypdf.PdfReader(path).pages, 1)]
    lines = {"docx": docx_lines, "xlsx": xlsx_lines, "html": html_lines, "odt": odt_lines, "pptx": pptx_lines,
             "md": md_lines, "eml": eml_lines}[kind](path)
    found, heading, text = [], None, []
    for is_heading, line in lines:
        if is_heading:
            found.append(({"page": None, "heading": heading}, "\n".join(text)))
            heading, text = line, []
        else:
            text.append(line)
    return found + [({"page": None, "heading": heading}, "\n".join(text))]


def docx_lines(path):
    made = docx.Document(str(path))
    for element in made.iter_inner_content():
        if hasattr(element, "rows"):
            for row in element.rows:
                yield False, " ".join(c.text for c in row.cells)
        else:
            yield element.style.name.startswith(("Heading", "Title")), element.text


def shown(cell):
    formats = {"#,##0.00": "{:,.2f}", "#,##0": "{:,}", "0": "{}"}
    return "" if cell.value is None else formats.get(cell.number_format, "{}").format(cell.value)


def xlsx_lines(path):
    for sheet in openpyxl.load_workbook(path):
        yield True, sheet.title
        for row in sheet.iter_rows():
            yield False, " ".join(shown(c) for c in row)


def html_lines(path):
    body = re.search(r"<main>(.*)</main>", path.read_text(encoding="utf-8"), re.S)[1]
    for line in body.split("\n"):
        text = html.unescape(re.sub(r"<[^>]+>", "", line.replace("</td>", " ").replace("</li>", "\n")))
        yield bool(re.match(r"<h\d", line)), text


def odt_lines(path):
    from odf import teletype

    def walk(node):
        for child in node.childNodes:
            if child.nodeType == 1 and child.qname[1] in ("h", "p"):
                yield child.qname[1] == "h", teletype.extractText(child)
            elif child.nodeType == 1:
                yield from walk(child)

    return walk(load_odt(str(path)).text)


def pptx_lines(path):
    for slide in Presentation(str(path)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape == slide.shapes.title, shape.text_frame.text
            elif shape.has_table:
                for row in shape.table.rows:
                    yield False, " ".join(c.text for c in row.cells)
        if slide.has_notes_slide:
            yield False, slide.notes_slide.notes_text_frame.text


def md_lines(path):
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("#"):
            yield True, line.lstrip("# ")
        else:
            yield False, plain(line.replace("|", " "))


def eml_lines(path):
    import email.policy
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    yield True, mail["Subject"]
    yield False, "\n".join(f"{h}: {mail[h]}" for h in ("From", "To", "Date"))
    yield False, mail.get_content()


# ---------------------------------------------------------------- the whole

def page_count(document):
    if document["format"] == "pdf":
        return float(len(pypdf.PdfReader(DOCUMENTS / document["file"]).pages))
    characters = sum(len(text) for _, text in sections(document))
    return round(characters / CHARACTERS_A_PAGE, 1)


def all_documents():
    documents = [read_source(path) for path in sorted(SOURCE.glob("*.md"))]
    for document, path in zip(documents, sorted(SOURCE.glob("*.md"))):
        document["file"] = f'{path.stem}.{document["format"]}'
    return documents


def write_rights(documents):
    rights = {
        "groups": {"staff": "Everybody employed by the firm",
                   "hr": "Human resources, Sélestat and Lahr", "board": "Members of the management committee"},
        "principals": PRINCIPALS,
        "documents": {"documents/" + d["file"]: d["readers"] for d in documents},
    }
    (HERE / "rights.json").write_text(json.dumps(rights, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_readme_table(documents, facts):
    lines = ["| Document | Title | Language | Format | Pages | Readers | Facts |", "|---|---|---|---|---|---|---|"]
    total = 0.0
    for d in documents:
        pages = page_count(d)
        total += pages
        count = sum(1 for f in facts if (f["document"] or "").endswith("/" + d["file"]))
        lines.append(f'| `{d["file"]}` | {d["title"]} | {d["language"]} | {d["format"].upper()} | {pages:g} |'
                     f' {", ".join(d["readers"])} | {count} |')
    lines.append(f"| **{len(documents)} documents** | | | | **{total:.1f}** | | |")
    kinds = ", ".join(f"{sum(f['kind'] == k for f in facts)} {k}" for k in KINDS)
    lines.append(f"\n{len(facts)} facts: {kinds}.")
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8")
    text = re.sub(r"(<!-- table -->\n).*?(<!-- end of table -->)",
                  lambda m: m[1] + "\n".join(lines) + "\n" + m[2], text, flags=re.S)
    readme.write_text(text, encoding="utf-8")
    print(f"{len(documents)} documents, {total:.1f} pages; {len(facts)} facts: {kinds}")


def make():
    DOCUMENTS.mkdir(exist_ok=True)
    documents = all_documents()
    for document in documents:
        document["body"].encode("cp1252")  # what the PDF's standard fonts can show
        WRITERS[document["format"]](document, DOCUMENTS / document["file"])
    write_unreadable()
    write_rights(documents)
    facts = read_facts(documents)
    with (HERE / "facts.jsonl").open("w", encoding="utf-8") as out:
        for fact in facts:
            out.write(json.dumps(fact, ensure_ascii=False) + "\n")
    write_readme_table(documents, facts)


def check():
    """Reads the produced files back; every problem is a line, and any problem is exit status 1."""
    documents = all_documents()
    by_file = {"documents/" + d["file"]: d for d in documents}
    rights = json.loads((HERE / "rights.json").read_text(encoding="utf-8"))["documents"]
    problems = [f"{d['file']}: readers differ from rights.json" for d in documents
                if rights.get("documents/" + d["file"]) != d["readers"]]
    facts = [json.loads(line) for line in (HERE / "facts.jsonl").read_text(encoding="utf-8").splitlines()]
    seen = set()
    for fact in facts:
        if fact["question"] in seen:
            problems.append(f"{fact['id']}: asked twice: {fact['question']}")
        seen.add(fact["question"])
        for place in ([fact] + fact.get("also", []) + fact.get("elsewhere", [])) if fact["document"] else []:
            texts = [t for where, t in sections(by_file[place["document"]])
                     if where == {"page": place["page"], "heading": place["heading"]}]
            if not any(squeezed(place["quote"]) in squeezed(t) for t in texts):
                problems.append(f"{fact['id']}: {place['document']} {place['page'] or place['heading']}: no such quote")
        if fact["document"] and fact["kind"] not in ("cross-language", "two-hop"):
            haystack = squeezed(fact["quote"]).lower()
            if not any(squeezed(typeset(a, language)).lower() in haystack
                       for a in [fact["answer"]] + fact["accepted"] for language in ("en", "fr")):
                problems.append(f"{fact['id']}: neither the answer nor a variant stands in the quote")
    for line in problems:
        print(line)
    print(f"{len(facts)} facts over {len(documents)} documents checked, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(check())
    if sys.argv[1:]:
        sys.exit(__doc__)
    make()
