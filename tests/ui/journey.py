#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""journey.py LIMN: drives the real program as a screen reader sees it.

Types a prompt, draws, lets a second start hand over its words to the first,
asks for a surprise and quits while drawing.  To be run by headless.sh.  Ends
with 77 where the accessibility library is not there.

GTK 4.8 sets SHOWING on toplevels alone, so VISIBLE is asked for, and buttons
may be called "push button" or "button".
"""
import glob
import os
import subprocess
import sys
import time

try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi, GLib
except (ImportError, ValueError):
    print('journey.py: skipped, there is no gir1.2-atspi-2.0')
    sys.exit(77)

TIMEOUT = 900
BUTTON = ('push button', 'button')
APP_ID = 'io.github.limn_app.Limn'


def pump():
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass


def wait(condition, what):
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        pump()
        try:
            value = condition()
        except GLib.Error:
            value = None
        if value:
            return value
        time.sleep(0.05)
    raise SystemExit(f'waited in vain for {what}')


def walk(node):
    yield node
    try:
        count = node.get_child_count()
    except GLib.Error:
        return
    for i in range(count):
        try:
            child = node.get_child_at_index(i)
        except GLib.Error:
            continue
        if child is not None:
            yield from walk(child)


class App:
    def __init__(self, argv):
        self.process = subprocess.Popen(argv)
        self.root = wait(self.find_root, 'Limn on the accessibility bus')

    def find_root(self):
        if self.process.poll() is not None:
            raise SystemExit(f'Limn ended with {self.process.returncode}')
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app is not None and app.get_process_id() == self.process.pid and app.get_child_count():
                return app
        return None

    def find_all(self, name=None, roles=None):
        found = []
        for node in walk(self.root):
            try:
                if roles and node.get_role_name() not in roles:
                    continue
                if name is not None and not node.get_name().startswith(name):
                    continue
                if node.get_state_set().contains(Atspi.StateType.VISIBLE):
                    found.append(node)
            except GLib.Error:
                pass
        return found

    def get(self, name, roles=None):
        return wait(lambda: self.find_all(name, roles), f'“{name}”')[0]

    def press(self, name):
        Atspi.Action.do_action(self.get(name, BUTTON), 0)

    def type(self, name, text):
        entry = [e for e in self.find_all(name) if 'EditableText' in Atspi.Accessible.get_interfaces(e)][0]
        Atspi.EditableText.set_text_contents(entry, text)

    def wait_for_pictures(self, prompt):
        return wait(lambda: len(found := [
            n for n in self.find_all('Picture ') if n.get_name().endswith(': ' + prompt)
            and ',' not in n.get_name()]) == 9 and found, f'nine pictures of “{prompt}”')


def count_files():
    return len(glob.glob(os.path.join(os.environ['XDG_DATA_HOME'], 'limn', 'pictures', '*.png')))


def check(condition, what):
    print(('ok ' if condition else 'not ok ') + what, flush=True)
    if not condition:
        raise SystemExit(1)


def call_action(name):
    subprocess.run(['gdbus', 'call', '--session', '--dest', APP_ID, '--object-path',
                    '/' + APP_ID.replace('.', '/'), '--method', 'org.gtk.Actions.Activate',
                    name, '[]', '{}'], check=True, stdout=subprocess.DEVNULL)


def unnamed_controls(app):
    kinds = BUTTON + ('toggle button', 'text', 'entry', 'progress bar', 'menu button')
    return [n.get_role_name() for n in app.find_all(roles=kinds)
            if not n.get_name() or n.get_name().startswith(('Gtk', 'Limn'))]


def main():
    limn = sys.argv[1]
    os.environ['GTK_A11Y'] = 'atspi'
    models = os.environ.get('LIMN_MODEL_PATH')
    starter = os.path.join(os.path.dirname(limn), '..', 'data', 'models', 'starter.gguf')
    if not models and not os.path.exists(starter):
        print('journey.py: skipped, there is no model')
        sys.exit(77)
    Atspi.init()
    app = App([limn])

    check(app.get('a frog on the moon', BUTTON) is not None, 'examples are offered')
    app.type('Prompt', 'a frog on the moon')
    wait(lambda: app.find_all('Draw', BUTTON)[0].get_state_set().contains(Atspi.StateType.SENSITIVE),
         'Draw to be possible')
    app.press('Draw')
    app.wait_for_pictures('a frog on the moon')
    check(count_files() == 9, 'nine pictures are drawn and kept')
    missing = unnamed_controls(app)
    check(not missing, f'every control has a name {missing or ""}')

    second = subprocess.run([limn, 'a', 'cat'], timeout=TIMEOUT)
    check(second.returncode == 0, 'a second start ends at once')
    app.wait_for_pictures('a cat')
    check(count_files() == 18, 'its words are drawn in the first window')

    call_action('surprise')
    wait(lambda: app.find_all('Prompt') and count_files() == 18, 'a surprise')
    app.press('Draw')
    app.get('Cancel', BUTTON)
    call_action('quit')
    check(app.process.wait(TIMEOUT) == 0, 'quitting while drawing is clean')
    leftovers = [f for f in os.listdir(os.path.join(os.environ['XDG_DATA_HOME'], 'limn', 'pictures'))
                 if not f.endswith('.png')]
    check(not leftovers, 'nothing half-written is left')


main()
