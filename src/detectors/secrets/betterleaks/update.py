#!/usr/bin/env python3
"""Takes the rules of betterleaks over into `rules.jsonl`. README.md beside this file says when and how to run it."""

import gzip
import json
import re
import sys
import tomllib
from pathlib import Path

# Rules that find no secret, or that need more than a text. Each line says why.
LEFT_OUT = [
    (r"generic-.*", "our general rules, which come last, are stricter about what people write in tickets"),
    (r".*-(client|access|api|user|key|auth)-id(\.\d)?", "an id is not a secret"),
    (r".*-(public|pub)-(api-)?(key|token)(\.\d)?|.*-pub-key|posthog-project-api-key", "public by design"),
    (r"devcycle-client-sdk-key|launchdarkly-client.*|new-relic-browser-api-token", "public by design"),
    (r"kubernetes-secret-yaml|gcp-service-account", "matches across more lines than we search; ours finds the value itself"),
    (r"freemius-secret-key|hashicorp-tf-password|nuget-config-password|pkcs12-file", "decided by the file's name"),
    (r"mongodb-connection-string|private-key|jwt|microsoft-teams-webhook|heroku-api-key", "our rule of this form is stricter"),
]
# Ids that our own rules have.
RENAMED = {"atlassian-api-token": "atlassian-key"}
# How the expressions of betterleaks end: the secret stands before a quote, a space or the end of a line. In a sentence it
# may also stand before a comma or a full stop, and Casebook looks at the characters around a secret by itself.
ENDS = [
    r"""(?:\\?['"\x60]|[\s;]|\\[nr]|$)""",
    r"""(?:[\x60'"\s;]|\\[nr]|$)""",
]
WORDS = {
    "api": "API", "aws": "AWS", "gcp": "GCP", "ibm": "IBM", "ci": "CI", "cicd": "CI/CD", "oauth": "OAuth", "sdk": "SDK", "jwt": "JWT",
    "url": "URL", "id": "ID", "pat": "personal access token", "scim": "SCIM", "npm": "npm", "ai": "AI", "tf": "Terraform", "ad": "AD",
}
CALL = re.compile(
    r"""\s*(?P<not>!?)(?P<function>\w+)\(finding\["(?P<what>secret|match)"\]"""
    r"""(?:\)\s*(?P<operator><=|<|>=)\s*(?P<limit>[\d.]+)|,\s*\[(?P<list>(?:[^\]`"]|`[^`]*`|"(?:[^"\\]|\\.)*")*)\]\))\s*(?:\|\||$)""",
    re.S,
)
TEXT = re.compile(r"""`([^`]*)`|("(?:[^"\\]|\\.)*")""")


def name_of(rule_id):
    words = [WORDS.get(word, word) for word in re.sub(r"\.\d$", "", rule_id).split("-")]
    if words[0] == words[0].lower() and words[0] != "npm":
        words[0] = words[0].capitalize()
    return " ".join(words)


def read_filter(text):
    """Translates a filter, which is true for what is not a secret. Returns None if it is not a list of simple conditions."""
    found = {}
    at = 0
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M).strip()
    # A condition on the path of one README.
    text = re.sub(r"""\s*\|\|\s*matchesAny\(attributes\["path"\],\s*\[[^\]]*\)[^\]]*\]\)""", "", text).strip()
    while at < len(text):
        call = CALL.match(text, at)
        if not call:
            return None
        at = call.end()
        match (call["function"], bool(call["not"]), call["what"]):
            case ("entropy", False, "secret"):
                found["entropy"] = float(call["limit"])
            case ("tokenRatio", False, "secret"):
                found["random"] = True
            case ("matchesAny", negative, "secret"):
                texts = [plain if plain else json.loads(quoted) for plain, quoted in TEXT.findall(call["list"])]
                found.setdefault("only" if negative else "unless", []).extend(texts)
            case ("containsAny", False, "secret"):
                texts = [plain if plain else json.loads(quoted) for plain, quoted in TEXT.findall(call["list"])]
                found.setdefault("unless", []).extend(re.escape(part) for part in texts)
            case ("matchesAny", False, "match") if "---" in call["list"]:
                pass  # Two documents of one YAML file.
            case _:
                return None
    return found


def for_rust(pattern):
    """Escapes braces that are no repetition, and drops the names of groups, which are not needed."""
    pattern = re.sub(r"\(\?P<\w+>", "(?:", pattern)
    return re.sub(r"(?<!\\)(?<!\\[pPx])\{(?!\d+(?:,\d*)?\})", r"\\{", pattern)


def run_of(pattern):
    """Returns the number of word characters in a row that each match ends with; 0 if that is not obvious."""
    tail = re.search(r"\(?\[(?:[A-Za-z0-9_-]|\\w)+\]\{(\d+)(?:,\d*)?\}\)?(?:\\b)?$", pattern)
    if not tail:
        return 0
    head = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern[: tail.start()])
    while head != (inner := re.sub(r"\([^()]*\)", "", head)):
        head = inner
    return 0 if re.search(r"[|()]", head) else int(tail[1])


def main(crate):
    sources = json.load(gzip.open(crate / "generated" / "upstream-sources.json.gz"))
    address = next(key for key in sources if key.endswith("/config/betterleaks.toml"))
    licence = next(key for key in sources if "/betterleaks/" in key and key.endswith("/LICENSE"))
    here = Path(__file__).parent
    lines = []
    for rule in tomllib.loads(sources[address])["rules"]:
        reason = next((why for what, why in LEFT_OUT if re.fullmatch(what, rule["id"])), None)
        if rule.get("skipReport"):
            reason = "a part of another rule"
        conditions = {} if reason else read_filter(rule.get("filter", ""))
        if conditions is None:
            reason = "its filter is not a list of simple conditions"
        if reason:
            print(f"left out {rule['id']}: {reason}")
            continue
        pattern = rule["regex"]
        for end in ENDS:
            pattern = pattern.removesuffix(end)
        for key in conditions.keys() & {"unless", "only"}:
            conditions[key] = [for_rust(each) for each in conditions[key]]
        rule_id = RENAMED.get(rule["id"], rule["id"])
        line = {"id": rule_id, "name": name_of(rule_id), "keywords": rule["keywords"], "regex": for_rust(pattern), **conditions}
        if run := run_of(pattern):
            line["run"] = run
        lines.append(json.dumps(line, ensure_ascii=False))
    (here / "rules.jsonl").write_text("\n".join(lines) + "\n")
    (here / "LICENSE").write_text(sources[licence])
    print(f"{len(lines)} rules from {address}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
