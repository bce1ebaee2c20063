#!/usr/bin/env python3
"""Opens every .docx of a folder in LibreOffice twice, accepts all tracked
changes once and rejects them once, and writes down what is left: NAME.accept.json
and NAME.reject.json: {"items": [{"style", "label", "text"} for a paragraph, {"rows"}
for a table], "left": how many changes are still tracked}. In a document of one
paragraph, "looks" tells how its words are set off.

usage: office.py FOLDER
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def connect(address, deadline=60):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + deadline
    while True:
        try:
            return resolver.resolve("uno:" + address + ";urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


PROPERTIES = ("ListId", "ListLabelString", "NumberingIsNumber", "NumberingLevel", "ParaStyleName")


def bullet(p, level, key, seen):
    """The bullet that stands before a paragraph of a list without numbers."""
    if key not in seen:
        rules = p.NumberingRules
        found = {x.Name: x.Value for x in rules.getByIndex(level)} if rules else {}
        seen[key] = found.get("BulletChar", "")
    return seen[key]


def paragraph(p, seen):
    # One question for all properties: each one goes to another process.
    number, label, numbered, level, style = p.getPropertyValues(PROPERTIES)
    if not numbered:
        label = ""
    elif not label:
        label = bullet(p, level, (number, level), seen)
    return {"style": style, "label": label, "text": p.getString()}


def looks(p):
    """The stretches of words that are set off alike, as MARKS|TARGET|WORDS."""
    out = []
    portions = p.createEnumeration()
    while portions.hasMoreElements():
        x = portions.nextElement()
        if x.TextPortionType != "Text":
            continue
        marks = "bold " * (x.CharWeight > 100) + "italic " * (x.CharPosture.value == "ITALIC") + "code " * ("Courier" in x.CharFontName)
        start = marks + "|" + x.HyperLinkURL + "|"
        if out and out[-1].startswith(start):
            out[-1] += x.getString()
        else:
            out.append(start + x.getString())
    return out


def table(t):
    names = t.getCellNames()
    rows = {}
    for name in names:
        letters = name.rstrip("0123456789")
        rows.setdefault(int(name[len(letters):]), []).append(t.getCellByName(name).getString())
    return {"rows": [rows[i] for i in sorted(rows)]}


def read(document):
    out, seen = [], {}
    items = document.Text.createEnumeration()
    while items.hasMoreElements():
        item = items.nextElement()
        if item.supportsService("com.sun.star.text.TextTable"):
            out.append(table(item))
        else:
            out.append(paragraph(item, seen))
    if len(out) == 1 and "text" in out[0]:
        out[0]["looks"] = looks(item)
    left = 0
    redlines = document.Redlines.createEnumeration()
    while redlines.hasMoreElements():
        redlines.nextElement()
        left += 1
    return {"items": out, "left": left}


def settle(desktop, dispatcher, path, command):
    hidden = PropertyValue(Name="Hidden", Value=True)
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, (hidden,))
    try:
        dispatcher.executeDispatch(document.CurrentController.Frame, ".uno:" + command + "AllTrackedChanges", "", 0, ())
        return read(document)
    finally:
        document.close(True)


def run(folder, context):
    services = context.ServiceManager
    desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    dispatcher = services.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    try:
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".docx"):
                continue
            path = os.path.join(folder, name)
            for command in ("Accept", "Reject"):
                with open(path[: -len("docx")] + command.lower() + ".json", "w", encoding="utf-8") as f:
                    json.dump(settle(desktop, dispatcher, path, command), f, ensure_ascii=False)
    finally:
        desktop.terminate()


def main():
    folder = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        pipe = "pipe,name=proviso%d" % os.getpid()
        office = subprocess.Popen(
            ["soffice", "--headless", "--invisible", "--norestore", "--nologo", "--nolockcheck",
             "-env:UserInstallation=" + uno.systemPathToFileUrl(profile), "--accept=" + pipe + ";urp;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            run(folder, connect(pipe))
            office.wait(30)
        finally:
            if office.poll() is None:
                os.killpg(office.pid, signal.SIGKILL)  # soffice starts other programs
                office.wait()


if __name__ == "__main__":
    main()
