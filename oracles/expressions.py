"""Small templates, each with its variables; what they give is asked of jinja2."""

PEOPLE = [
    {"name": "Zoe", "age": 31, "city": "Paris", "tags": ["a", "b"]},
    {"name": "adam", "age": 7, "city": "Bonn", "tags": []},
    {"name": "Bob", "age": 31, "city": "Lyon", "tags": ["c"]},
]
V = {
    "n": 7,
    "x": 2.5,
    "s": "Hello World",
    "padded": "  in the middle \n",
    "empty": "",
    "nothing": None,
    "yes": True,
    "no": False,
    "list": [3, 1, 2],
    "words": ["pear", "Apple", "fig"],
    "nested": [[1, 2], [3, [4]]],
    "map": {"b": 1, "a": {"c": [10, 20]}, "items": "shadow"},
    "people": PEOPLE,
    "html": "<a href=\"x\">it's & co</a>",
    "uni": "été 日本 🙂",
    "none_list": [],
}

SOURCES = r"""
{{ 1 + 2 * 3 }}
{{ (1 + 2) * 3 }}
{{ 7 / 2 }}
{{ 8 / 2 }}
{{ 7 // 2 }}
{{ -7 // 2 }}
{{ 7.5 // 2 }}
{{ 7 % 3 }}
{{ -7 % 3 }}
{{ 2 ** 10 }}
{{ 2 ** -1 }}
{{ 2 ** 3 ** 2 }}
{{ -2 ** 2 }}
{{ - 3 + 5 }}
{{ +n }}
{{ 1.0 }} {{ 1.50 }} {{ 1e3 }} {{ 1.5e-7 }} {{ 1e22 }} {{ 123456789.0 }} {{ 0.1 + 0.2 }}
{{ 1_000_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }}
{{ 10 ** 20 }}
{{ 1 / 0 }}
{{ 1 % 0 }}
{{ n + x }}
{{ n * 1.0 }}
{{ "ab" * 3 }} {{ 2 * "x" }}
{{ [1, 2] * 2 }} {{ [1] + [2, 3] }}
{{ "a" + "b" }} {{ "a" ~ 1 ~ none ~ 2.0 ~ true }}
{{ "a" "b" 'c' }}
{{ "a" + 1 }}
{{ 1 + "a" }}
{{ nothing + 1 }}
{{ 1 == 1.0 }} {{ "1" == 1 }} {{ none == false }} {{ [1, 2] == [1, 2] }} {{ {"a": 1} == {"a": 1} }} {{ true == 1 }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 3 > 2 >= 2 }} {{ 1 != 2 }}
{{ "a" < "b" }} {{ "B" < "a" }} {{ [1, 2] < [1, 3] }}
{{ 1 < "a" }}
{{ not yes }} {{ not not yes }} {{ yes and no }} {{ yes or no }} {{ not no and yes }}
{{ 0 or "default" }} {{ "" or none or [] or "last" }} {{ 1 and 2 }} {{ 0 and 2 }} {{ nothing or empty }}
{{ 1 in list }} {{ 9 in list }} {{ 9 not in list }} {{ "ell" in s }} {{ "a" in map }} {{ "" in "" }}
{{ 1 in 5 }}
{{ "x" in nothing }}
{{ true }} {{ false }} {{ none }} {{ True }} {{ False }} {{ None }}
{{ list }} {{ words }} {{ nested }} {{ map }} {{ (1, 2) }} {{ (1,) }} {{ [] }} {{ {} }} {{ () }}
{{ ["it's", 'say "hi"', "both ' and \"", "tab\t nl\n back\\ é 🙂"] }}
{{ [none, true, 1.0, 1e100] }}
{{ "esc: \n\t\\ \' \" \u00e9 \x41 \101" }}
{{ 'single \'quoted\'' }}
{{ list[0] }} {{ list[-1] }} {{ nested[1][1][0] }} {{ map["a"]["c"][1] }} {{ map.a.c[0] }} {{ map.b }}
{{ list.0 }} {{ nested.1.0 }}
{{ list[9] }}|{{ map.zzz }}|{{ map["zzz"] }}|{{ undefined_name }}|
{{ undefined_name.attribute }}
{{ undefined_name["key"] }}
{{ map.zzz.yyy }}
{{ undefined_name() }}
{{ undefined_name + 1 }}
{{ undefined_name ~ "x" }}
{{ undefined_name is defined }} {{ n is defined }} {{ map.zzz is defined }} {{ undefined_name is undefined }}
{{ undefined_name == undefined_other }} {{ undefined_name == none }} {{ undefined_name or "or" }}
{{ "yes" if undefined_name else "no" }} {{ undefined_name | length }} {{ undefined_name | list }}
{% for x in undefined_name %}x{% else %}none{% endfor %}
{{ nothing.attribute }}|{{ nothing["x"] }}|
{{ nothing.attribute.deeper }}
{{ s[0] }} {{ s[-1] }} {{ s[1:4] }} {{ s[:5] }} {{ s[6:] }} {{ s[::-1] }} {{ s[::2] }} {{ s[-5:-1] }} {{ s[99:] }}|{{ s[5:2] }}|
{{ list[1:] }} {{ list[:-1] }} {{ list[::-1] }} {{ list[5:] }} {{ list[-2:] }} {{ list[0:3:2] }}
{{ list[::0] }}
{{ s[99] }}|
{{ uni[0] }} {{ uni[-1] }} {{ uni | length }} {{ uni[::-1] }} {{ uni | upper }}
{{ "yes" if n > 5 else "no" }} {{ "only" if no }}| {{ (1 if no else 2) + 3 }} {{ "a" if no else "b" if no else "c" }}
{{ s.upper() }} {{ s.lower() }} {{ s.title() }} {{ s.capitalize() }} {{ s.swapcase() }}
{{ padded.strip() }}|{{ padded.lstrip() }}|{{ padded.rstrip() }}|{{ "xxaxx".strip("x") }} {{ "abcba".lstrip("ab") }} {{ "abcba".rstrip("ab") }}
{{ s.split() }} {{ "a,b,,c".split(",") }} {{ "a,b,c".split(",", 1) }} {{ "  a  b ".split() }} {{ "abc".split("x") }} {{ "".split() }} {{ "".split(",") }}
{{ "a,b,c".rsplit(",", 1) }} {{ "a\nb\r\nc\n".splitlines() }} {{ "a-b-c".partition("-") }} {{ "a-b-c".rpartition("-") }} {{ "abc".partition("-") }}
{{ "abc".split("") }}
{{ s.startswith("He") }} {{ s.endswith("ld") }} {{ s.startswith("x") }} {{ s.startswith(("x", "H")) }} {{ s.startswith("lo", 3) }}
{{ s.replace("l", "L") }} {{ s.replace("l", "L", 1) }} {{ "aaa".replace("aa", "b") }} {{ "abc".replace("", "-") }}
{{ s.find("o") }} {{ s.rfind("o") }} {{ s.find("zz") }} {{ s.index("W") }} {{ s.count("l") }}
{{ s.index("zz") }}
{{ "-".join(words) }} {{ "".join(["a", "b"]) }} {{ ",".join("abc") }}
{{ ",".join(list) }}
{{ "12".isdigit() }} {{ "1a".isdigit() }} {{ "ab".isalpha() }} {{ "a1".isalnum() }} {{ " ".isspace() }} {{ "AB".isupper() }} {{ "ab".islower() }} {{ "".isdigit() }}
{{ "7".zfill(3) }} {{ "a".ljust(4) }}|{{ "a".rjust(4, ".") }}|{{ "a".center(5, "*") }}|
{{ "%s is %d and %.2f" % ("a", 3, 2.5) }} {{ "%s" % "x" }} {{ "%5d|%-5s|%05d|%x" % (42, "ab", 42, 255) }}
{{ "{} and {}".format(1, "b") }} {{ "{1} {0} {name}".format("a", "b", name="c") }} {{ "{:>5}|{:.2f}".format("x", 3.14159) }}
{{ s.removeprefix("Hello ") }} {{ s.removesuffix(" World") }} {{ s.removeprefix("zzz") }}
{{ s.nope() }}
{{ s.nope }}|
{{ map.items() | list }}
{{ map.keys() | list }} {{ map.values() | list }} {{ map.get("b") }} {{ map.get("zzz") }} {{ map.get("zzz", "d") }}
{{ map["items"] }}
{% for key, value in map.items() %}{{ key }}={{ value }};{% endfor %}
{% for key in map %}{{ key }};{% endfor %}
{{ list.append(4) }}
{{ map.update({"z": 1}) }}
{{ list.index(1) }} {{ list.count(3) }}
{{ list.sort() }}
{{ s | upper }} {{ s | lower }} {{ s | title }} {{ "hELLO wORLD" | capitalize }} {{ "foo bar-baz it's" | title }}
{{ padded | trim }}|{{ "xxhixx" | trim("x") }}|
{{ list | length }} {{ s | length }} {{ map | length }} {{ list | count }}
{{ 5 | length }}
{{ list | first }} {{ list | last }} {{ s | first }} {{ none_list | first }}|{{ none_list | last }}|
{{ list | sum }} {{ list | min }} {{ list | max }} {{ none_list | sum }} {{ none_list | max }}| {{ people | sum(attribute="age") }} {{ list | sum(start=10) }}
{{ list | sort }} {{ list | sort(reverse=true) }} {{ words | sort }} {{ words | sort(case_sensitive=true) }}
{{ people | sort(attribute="age") | map(attribute="name") | list }} {{ people | sort(attribute="age,name") | map(attribute="name") | join(",") }}
{{ [1, "a"] | sort }}
{{ list | reverse | list }} {{ s | reverse }}
{{ words | join }} {{ words | join(", ") }} {{ list | join("-") }} {{ people | join("/", attribute="city") }} {{ [1, none, true, 2.0] | join(" ") }}
{{ undefined_name | default("d") }} {{ empty | default("d") }}| {{ empty | default("d", true) }} {{ nothing | default("d") }} {{ nothing | default("d", boolean=true) }} {{ map.zzz | d("dd") }}
{{ s | replace("o", "0") }} {{ s | replace("o", "0", 1) }}
{{ people | map(attribute="name") | list }} {{ words | map("upper") | list }} {{ people | map(attribute="zzz", default="-") | list }} {{ words | map("replace", "p", "P") | list }}
{{ people | selectattr("age", "equalto", 31) | map(attribute="name") | list }} {{ people | selectattr("tags") | list | length }} {{ people | rejectattr("age", "gt", 10) | map(attribute="name") | list }}
{{ people | selectattr("name", "eq", "Bob") | first | tojson }}
{{ list | select("odd") | list }} {{ list | reject("odd") | list }} {{ [0, 1, "", "a", none] | select | list }} {{ list | select("gt", 1) | list }} {{ list | select(">", 1) | list }}
{% for group in people | groupby("age") %}{{ group.grouper }}:{{ group.list | map(attribute="name") | join(",") }};{% endfor %}
{% for age, members in people | groupby("age") %}{{ age }}={{ members | length }};{% endfor %}
{{ [1, 2, 1, 3, 2] | unique | list }} {{ ["a", "A", "b"] | unique | list }}
{{ [1, 2, 3, 4, 5] | batch(2) | list }} {{ [1, 2, 3] | batch(2, "x") | list }} {{ [1, 2, 3, 4, 5] | slice(2) | list }}
{{ "3" | int }} {{ "3.7" | int }} {{ "abc" | int }} {{ "abc" | int(9) }} {{ 3.9 | int }} {{ "0x1F" | int(0, 16) }} {{ true | int }} {{ " 5 " | int }}
{{ "3.5" | float }} {{ "abc" | float }} {{ 3 | float }} {{ "abc" | float(1.5) }}
{{ 3 | string }} {{ none | string }} {{ [1] | string | length }} {{ true | string | upper }}
{{ "abc" | list }} {{ map | list }} {{ (1, 2) | list }}
{{ -5 | abs }} {{ (-5) | abs }} {{ 2.567 | round }} {{ 2.567 | round(2) }} {{ 2.5 | round }} {{ 3.5 | round }} {{ 2.1 | round(0, "ceil") }} {{ 2.9 | round(method="floor") }} {{ 42 | round }}
{{ html | escape }} {{ html | e }} {{ html }}
{{ html | safe }} {{ html | striptags }}
{{ "a b&c/d é?" | urlencode }} {{ {"a": "b c", "d": "1&2"} | urlencode }}
{{ s | wordcount }} {{ "one two three four" | truncate(9) }} {{ "one two three four" | truncate(9, true) }} {{ "one two three" | truncate(11, false, "…", 0) }}
{{ "one\ntwo\n\nthree" | indent }}
{{ "one\ntwo\n\nthree" | indent(2, true) }}|{{ "one\ntwo\n\nthree" | indent(2, first=true, blank=true) }}|{{ "a\nb" | indent("> ") }}
{{ "abc" | center(9) }}|
{{ "the quick brown fox" | wordwrap(10) }}
{{ map | dictsort }} {{ {"b": 1, "A": 2, "c": 0} | dictsort }} {{ {"b": 1, "A": 2, "c": 0} | dictsort(by="value") }} {{ {"b": 1, "A": 2} | dictsort(true, reverse=true) }}
{{ map | items | list }} {{ undefined_name | items | list }}
{{ 5 | items | list }}
{{ list | tojson }} {{ map | tojson }} {{ html | tojson }} {{ uni | tojson }} {{ nothing | tojson }} {{ yes | tojson }} {{ 1.0 | tojson }} {{ "\n\t\"\\\u0001\u007f/" | tojson }}
{{ map | tojson(indent=2) }}
{{ {"b": [], "a": {}, "c": [1, [2, {"d": none}]]} | tojson(indent=4) }}
{{ {"b": 1, "a": 2} | tojson(sort_keys=true) }} {{ [1, 2] | tojson(separators=(",", ":")) }} {{ uni | tojson(ensure_ascii=true) }}
{{ [1e22, 1e16, 1e15, 0.0001, 0.00001, -0.0, 123456.789] | tojson }}
{{ undefined_name | tojson }}
{{ list | random | length }}
{{ "%.1f" | format(2.25) }} {{ "%s-%s" | format("a", 1) }}
{{ people | map(attribute="name") | map("lower") | sort | join(",") }}
{{ people | map(attribute="tags.0", default="none") | list }}
{{ list | nope }}
{{ 5 is odd }} {{ 4 is even }} {{ 9 is divisibleby(3) }} {{ 9 is divisibleby 3 }} {{ n is number }} {{ x is float }} {{ n is integer }} {{ yes is integer }} {{ yes is boolean }} {{ yes is number }}
{{ s is string }} {{ list is sequence }} {{ map is mapping }} {{ s is sequence }} {{ list is iterable }} {{ s is iterable }} {{ n is iterable }} {{ map is sequence }} {{ map is iterable }} {{ none is iterable }}
{{ nothing is none }} {{ n is none }} {{ nothing is not none }} {{ n is not string }} {{ not n is string }} {{ yes is true }} {{ yes is false }} {{ no is false }} {{ 1 is true }} {{ 0 is false }}
{{ "abc" is lower }} {{ "ABC" is upper }} {{ n is eq 7 }} {{ n is equalto 7 }} {{ n is ne 8 }} {{ n is gt 5 }} {{ n is lt(5) }} {{ n is ge 7 }} {{ n is le 7 }} {{ n is in [7, 8] }} {{ 3 is in list }} {{ n is sameas n }} {{ nothing is sameas none }}
{{ raise_exception is callable }} {{ n is callable }} {{ html is escaped }}
{{ "upper" is filter }} {{ "zzz" is filter }} {{ "odd" is test }} {{ "zzz" is test }}
{{ n is nope }}
{% if n > 5 %}big{% elif n > 3 %}mid{% else %}small{% endif %}
{% if none_list %}a{% endif %}{% if not none_list %}b{% endif %}{% if 0 %}c{% endif %}{% if 0.0 %}d{% endif %}{% if "0" %}e{% endif %}{% if {} %}f{% endif %}{% if " " %}g{% endif %}
{% for i in list %}{{ i }}{% if not loop.last %},{% endif %}{% endfor %}
{% for i in list %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }}/{{ loop.depth }}/{{ loop.depth0 }} {% endfor %}
{% for i in list %}[{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }}]{% endfor %}
{% for i in list %}{{ loop.previtem is defined }} {{ loop.nextitem is defined }};{% endfor %}
{% for i in [1, 1, 2, 2, 1] %}{{ loop.changed(i) }} {% endfor %}
{% for i in list %}{{ loop.cycle("odd", "even") }} {% endfor %}
{% for i in none_list %}x{% else %}empty{% endfor %}
{% for i in list if i > 1 %}{{ loop.index }}:{{ i }} {% else %}none{% endfor %}
{% for i in list if i > 9 %}{{ i }}{% else %}none{% endfor %}
{% for a, b in [[1, 2], [3, 4]] %}{{ a }}-{{ b }} {% endfor %}
{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for a, b in [[1, 2, 3]] %}{{ a }}{% endfor %}
{% for row in nested %}{% for cell in row %}{{ loop.index }}{{ cell }}{% endfor %}|{{ loop.index }} {% endfor %}
{% for row in [[1, 2], [3]] %}{% set outer = loop %}{% for cell in row %}{{ outer.index }}.{{ loop.index }} {% endfor %}{% endfor %}
{% for c in "héy" %}{{ c }}.{% endfor %}
{% for i in range(3) %}{{ i }}{% endfor %} {{ range(2, 5) | list }} {{ range(5, 0, -2) | list }} {{ range(0) | list }}
{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for i in 5 %}{{ i }}{% endfor %}
{% for i in nothing %}{{ i }}{% endfor %}
{% for item in [1, [2, [3]]] recursive %}{% if item is iterable %}({{ loop(item) }}){% else %}{{ item }}@{{ loop.depth }}{% endif %}{% endfor %}
{{ range(3) }} {{ range(1000000) | length }}
{{ loop }}|{% for i in [1] %}{{ loop.nope }}{% endfor %}|
{% set a = 1 %}{{ a }}{% set a = a + 1 %}{{ a }}
{% set a, b = 1, 2 %}{{ a }}{{ b }} {% set c = (1, 2) %}{{ c }} {% set d = 1, 2 %}{{ d }}
{% set a = 1 %}{% for i in list %}{% set a = a + i %}{{ a }} {% endfor %}{{ a }}
{% set a = 1 %}{% if yes %}{% set a = 2 %}{% endif %}{{ a }}
{% for i in [1, 2] %}{{ inner is defined }} {% set inner = i %}{{ inner }};{% endfor %}{{ inner is defined }}
{% set ns = namespace(total=0, seen=[]) %}{% for i in list %}{% set ns.total = ns.total + i %}{% endfor %}{{ ns.total }} {{ ns.seen }} {{ ns.zzz is defined }}
{% set ns = namespace({"a": 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns["a"] }}{% set ns.c = 3 %}{{ ns.c }}
{% set map.b = 2 %}
{% set block %}a {{ n }} b{% endset %}[{{ block }}] {{ block | upper }}
{% set block | upper | trim %}  shout {% endset %}[{{ block }}]
{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}|{{ a is defined }}
{% with %}{% set q = 5 %}{{ q }}{% endwith %}{{ q is defined }}
{% macro hello(name, greeting="Hi") %}{{ greeting }}, {{ name }}!{% endmacro %}{{ hello("Bob") }} {{ hello("Al", greeting="Yo") }} {{ hello(greeting="A", name="B") }} {{ hello() }}
{% macro m(a) %}{{ varargs }} {{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}
{% macro fact(k) %}{% if k <= 1 %}1{% else %}{{ k * (fact(k - 1) | int) }}{% endif %}{% endmacro %}{{ fact(5) }}
{% macro m() %}{{ n }}{{ local is defined }}{% endmacro %}{% set local = 1 %}{{ m() }}
{% macro m(x, y=x) %}{{ x }}{{ y }}{% endmacro %}{{ m(1) }} {{ m.name }} {{ m.arguments }}
{% macro box() %}[{{ caller() }}]{% endmacro %}{% call box() %}in {{ n }}{% endcall %}
{% macro each(items) %}{% for i in items %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(i) each(list) %}<{{ i }}>{% endcall %}
{% macro m() %}x{% endmacro %}{{ m() + "y" }} {{ m() | length }} {{ m() == "x" }} {{ m() is string }}
{% filter upper %}loud {{ s }}{% endfilter %}
{% raw %}{{ not }} {% rendered %}{% endraw %}
{# a comment #}a{#- another -#} b {#+ third #}c
a {{- " b " -}} c
a {%- if yes -%} b {%- endif -%} c
{{ "x" -}}   y   {{- "z" }}
{%+ if yes %}a{% endif +%} b
{% generation %}made{% endgeneration %}
{{ raise_exception("no such role: " ~ n) }}
{% if no %}{{ raise_exception("unseen") }}{% endif %}fine
{{ strftime_now("%Y-%m-%d") }} {{ strftime_now("%d %b %Y") }} {{ strftime_now("%A %B %-d, %H:%M:%S %j %y %%") }}
{{ dict(a=1, b="x") }} {{ dict({"a": 1}, c=2) }} {{ dict([["k", "v"]]) }}
{{ {"a": 1, "b": {"c": [1, 2]}}.b.c[1] }} {{ {"a": 1}["a"] }} {{ [1, 2, 3][1] }} {{ "abc"[1] }} {{ {1: "one", none: 2}[1] }}
{{ {"a" ~ n: n} }}
{% set j = joiner(", ") %}{% for i in list %}{{ j() }}{{ i }}{% endfor %}
{% set c = cycler("a", "b") %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}
{{ n.__class__ }}
{{ "".__class__.__mro__ }}
{{ s.format }}{{ no
{% if yes %}unclosed
{% endif %}
{% for i in %}{% endfor %}
{{ 1 + }}
{{ "unclosed }}
{% unknown_tag %}
{{ (1 }}
{{ a b }}
{% set 1 = 2 %}
{{ [1, 2 }}
{% raw %}never closed
{# never closed
{{ }}
{% break %}
{{ x.y.z.w }}
{{ n() }}
{{ n[0] }}|
{{ n | upper }} {{ nothing | upper }} {{ list | upper }} {{ nothing | trim }} {{ n | trim }}
{{ yes + yes }} {{ yes * 3 }} {{ -yes }}
{{ "a" if undefined_name is defined and undefined_name.zzz else "b" }}
{{ people[0].name }} {{ people[0]["tags"][1] }} {{ people[-1].tags | first }} {{ (people | first).city }}
{{ people | map(attribute="name") | first }} {{ (people | last)["name"] | lower | replace("b", "B") }}
{{ "a" in ["a"] and "b" not in ["a"] }} {{ not "a" in ["b"] }} {{ 1 if 2 in (1, 2) else 0 }}
{{ 1 | string ~ 2 }} {{ 1 + 2 | string | length }} {{ "a" ~ "b" | upper }} {{ -1 | abs }} {{ n ** 2 | float }}
{{ n is odd and x is float }} {{ n is odd == true }} {{ 1 == 1 and 2 == 2 or false }} {{ n is not none and n > 3 }}
{{ "%" }} {{ "{{" }} {{ '}}' }} {{ "{%" }} {{ '#}' }} { { } } % %}
{{ [1, 2,] }} {{ {"a": 1,} }} {{ (1, 2,) }}
{{ "é" == "\u00e9" }} {{ "日本"[0] }} {{ "ß".upper() }} {{ "İ".lower() | length }} {{ "ǆ".title() }}
{{ "a\\nb" }} {{ 'a\\' }} {{ "\d" }}
{{ s.split(" ")[0].lower()[1:3] | upper }}
{{ (s | lower).split()[-1] }} {{ words[0][0] | upper ~ words[0][1:] }}
{{ x == 2.5 }} {{ 3 // 2 * 2 + 3 % 2 }} {{ 7 - 2 - 1 }} {{ 100 / 10 / 2 }}
{{ none is defined }} {{ true and none }} {{ none or none }} {{ [none] }}
{{ map.a is mapping }} {{ map.a.c is sequence }} {{ map["a"] | length }} {{ map.items is defined }} {{ map.items is string }} {{ map.items is callable }}
{% set messages = [{"role": "user", "content": "x"}, {"role": "tool"}] %}{% for m in messages %}{{ m.content is defined }} {{ m["content"] is string }} {{ "content" in m }} {{ m.get("content", "-") }};{% endfor %}
{% set x = [] %}{% if x is not defined or not x %}empty{% endif %}
{% for m in people if m.age > 10 %}{{ loop.index0 }}{{ m.name }}{{ loop.length }} {% endfor %}
{% for k, v in {"a": 1, "b": 2}.items() if k != "a" %}{{ k }}{{ v }}{% endfor %}
{% for k, v in map | dictsort %}{{ k }};{% endfor %}
{% if s and (n > 3 or no) and not empty %}ok{% endif %}
{% if "World" in s and s.split("o") | length == 3 %}ok{% endif %}
{%- set parts = "<think>a</think>b".split("</think>") -%}{{ parts[0].split("<think>")[-1] }}|{{ parts[-1] }}
{{ {"a": [1, {"b": "é<>&'"}]} | tojson }} {{ [true, false, none] | tojson }} {{ (1, 2) | tojson }} {{ {} | tojson(indent=2) }} {{ [] | tojson(indent=2) }} {{ {1: 2} | tojson }}
{{ caller is defined }} {{ self is defined }} {{ range is defined }} {{ namespace is callable }}
{% include "x" %}
{% extends "x" %}
{% import "x" as y %}
{% do list.append(1) %}
{% trans %}x{% endtrans %}
{{ list | map("nope") | list }}
{{ people | map(attribute="age") | max }} {{ people | max(attribute="age") | tojson }} {{ words | min }} {{ words | max(case_sensitive=true) }}
{{ "a" | default }}|{{ undefined_name | default }}|{{ 12345.678 | filesizeformat }} {{ 1000000 | filesizeformat }} {{ 1 | filesizeformat }}
{{ map[list] }}|{{ map[list] is defined }} {{ list["x"] }}|{{ list[1.5] is defined }} {{ map[none] is defined }}
{{ nothing | selectattr("x") | list }} {{ nothing | map("upper") | list }} {{ nothing | select | list }} {{ nothing | rejectattr("x") | list }} {{ 0 | map("upper") | list }}
{{ nothing | list }}
{{ nothing | join }}
{{ nothing | first }}
{{ nothing | length }}
{{ nothing | sort }}
{{ people | attr("zzz") }}|{{ s | attr("upper") is callable }}
""".strip("\n").split("\n")

LINES = [
    # Blocks on lines of their own: trim_blocks takes the newline, lstrip_blocks what stands before.
    "{% for i in list %}\n  {{ i }}\n{% endfor %}\nend\n",
    "a\n  {% if yes %}\n  b\n  {% endif %}\nc",
    "a\n  {%- if yes %}\n  b\n  {%- endif %}\nc",
    "a\n  {% if yes -%}\n  b\n  {% endif -%}\nc",
    "a\n  {%+ if yes %}\n  b\n  {%+ endif %}\nc",
    "  {{ n }}\n  {{ n }}\n",
    "{{ n }}\n\n",
    "{{ n }}\n",
    "\n\n{{ n }}",
    "text {% if yes %} same line {% endif %} more\n",
    "\t{% set a = 1 %}\t\n{{ a }}",
    "{# comment #}\nafter",
    "  {# comment #}  \nafter",
    "  {#- comment -#}  \n after",
    "x  {# comment #}  y",
    "{% raw %}\n  {{ a }}\n{% endraw %}\nb",
    "{%- raw -%}\n  {{ a }}\n{%- endraw -%}\nb",
    "line one\r\nline two\r{{ n }}\r\n",
    "{% if yes %}\r\nx\r\n{% endif %}\r\ny",
    "{% macro m() %}\n  body\n{% endmacro %}\n[{{ m() }}]",
    "{% macro m() -%}\n  body\n{%- endmacro %}\n[{{ m() }}]",
    "{% set b %}\n  kept\n{% endset %}\n[{{ b }}]",
    "{%- for i in list -%}\n  {{ i }}\n{%- endfor -%}\n  end",
    "{% for i in list %}{{ i }}\n{% endfor %}",
    "{{ '\n' }}x{{ '\\n' }}",
    "{{ 'two\nlines' }}",
    "{%\n  if\n  yes\n%}x{%\nendif\n%}",
    "{{\n  {\n    'a': 1,\n    'b': [1,\n 2]\n  }['b']\n}}",
    "",
    "plain text, no tags",
    " ",
    "{",
    "}} %} #}",
    "{{ '{{' }}{{ '}}' }}",
    "a{% if no %}b{% else %}c{% endif %}d\n  {% if no %}\n b\n  {% elif yes %}\n c\n  {% else %}\n d\n  {% endif %}\ne",
    "{{ n }} {%- if yes %} x{% endif %}\n   {{- n }}",
]

EXPRESSIONS = [(source, V) for source in SOURCES + LINES]


def needed(source, variables):
    """Only the variables whose names occur in the template: the file stays readable."""
    return {name: value for name, value in variables.items() if name in source}


EXPRESSIONS = [(source, needed(source, variables)) for source, variables in EXPRESSIONS]
