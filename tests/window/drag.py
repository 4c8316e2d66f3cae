#!/usr/bin/env python3
"""Drags files onto a window as a file manager does: a real XDND source (protocol version 5).

usage: drag.py WINDOW X Y FILE...    X and Y on the root window.  With --hover the files are held
over the window for two seconds before they are dropped, for a picture.
Exit 0 only when the target took the drop and said that it finished.
"""
import sys
import time
from pathlib import Path

from Xlib import X, display
from Xlib.protocol import event


class Source:
    def __init__(self, target, x, y, files):
        self.display = display.Display()
        self.atom = self.display.intern_atom
        self.target = self.display.create_resource_object("window", target)
        root = self.display.screen().root
        self.window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        self.where = (x << 16) | y
        self.payload = "".join(Path(f).resolve().as_uri() + "\r\n" for f in files).encode()
        self.accepted = self.finished = False

    def send(self, name, *data):
        values = [self.window.id, *data]
        message = event.ClientMessage(
            window=self.target, client_type=self.atom(name), data=(32, values + [0] * (5 - len(values)))
        )
        self.target.send_event(message, event_mask=0)
        self.display.flush()

    def serve(self, seconds, until=lambda: False):
        """Answers the target's questions for a while."""
        end = time.time() + seconds
        while time.time() < end and not until():
            while self.display.pending_events():
                self.answer(self.display.next_event())
            time.sleep(0.005)

    def answer(self, e):
        if e.type == X.SelectionRequest:
            e.requestor.change_property(e.property, e.target, 8, self.payload)
            e.requestor.send_event(
                event.SelectionNotify(
                    time=e.time, requestor=e.requestor, selection=e.selection, target=e.target, property=e.property
                ),
                event_mask=0,
            )
            self.display.flush()
        elif e.type == X.ClientMessage:
            name = self.display.get_atom_name(e.client_type)
            if name == "XdndStatus":
                self.accepted = bool(e.data[1][1] & 1)
            elif name == "XdndFinished":
                self.finished = True

    def drag(self, hover):
        self.window.set_selection_owner(self.atom("XdndSelection"), X.CurrentTime)
        uris = self.atom("text/uri-list")
        self.send("XdndEnter", 5 << 24, uris)
        position = (0, self.where, X.CurrentTime, self.atom("XdndActionCopy"))
        self.send("XdndPosition", *position)
        self.serve(3, until=lambda: self.accepted)
        if hover:
            self.serve(2)
        self.send("XdndDrop", 0, X.CurrentTime)
        self.serve(5, until=lambda: self.finished)
        return self.accepted and self.finished


def main():
    arguments = [a for a in sys.argv[1:] if a != "--hover"]
    window, x, y, *files = arguments
    done = Source(int(window, 0), int(x), int(y), files).drag("--hover" in sys.argv)
    sys.exit(0 if done else "the window did not take the files")


main()
