"""Prints what is wrong in XML files. Arguments: a RELAX NG schema, and the files."""

import sys

from lxml import etree

schema = etree.RelaxNG(etree.parse(sys.argv[1]))
problems = []
for path in sys.argv[2:]:
    try:
        if not schema.validate(etree.parse(path)):
            problems += [f"{path}:{entry.line}: {entry.message}" for entry in schema.error_log]
    except etree.XMLSyntaxError as error:
        problems.append(f"{path}: {error}")
print(f"{len(sys.argv) - 2} feeds checked, {len(problems)} problems", *problems, sep="\n", file=sys.stderr)
sys.exit(1 if problems or len(sys.argv) < 3 else 0)
