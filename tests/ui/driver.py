# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the real program from outside: as a screen reader sees it (AT-SPI),
and by keys and mouse where the program asks for those (xdotool).

GTK 4.8 sets SHOWING on toplevels alone, so VISIBLE is asked for; what lies on
a page of a stack that is not shown is in its tree all the same.  Buttons may
be called "push button" or "button".
"""
import os
import subprocess
import sys
import time

SKIPPED = 77
TIMEOUT = int(os.environ.get('LIMN_TEST_TIMEOUT', '900'))
FRAMES = ('frame', 'dialog', 'window')
BUTTON = ('push button', 'button')
APP_ID = 'io.github.limn_app.Limn'

try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi, GLib
except (ImportError, ValueError):
    print('skipped, there is no gir1.2-atspi-2.0')
    sys.exit(SKIPPED)

# a window that is busy, slowed down by a sanitizer perhaps, answers late; after 0.8 seconds a call
# would be given up, done or not
Atspi.set_timeout(30000, 30000)


def pump():
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass


def wait(condition, what, timeout=TIMEOUT):
    """Asks until the answer is true, and returns it; ends the test otherwise."""
    end = time.monotonic() + timeout
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


def check(condition, what):
    print(('ok ' if condition else 'not ok ') + what, flush=True)
    if not condition:
        raise SystemExit(1)


LEAVES = ('label', 'image', 'progress bar', 'scroll bar', 'separator')


def walk(node, depth=0):
    """A control and all that can be seen in it."""
    yield node
    try:
        if depth > 1 and not node.get_state_set().contains(Atspi.StateType.VISIBLE):
            return
        if node.get_role_name() in LEAVES and node.get_name() and not node.get_name().startswith('Gtk'):
            return
        count = node.get_child_count()
    except GLib.Error:
        return
    for i in range(count):
        try:
            child = node.get_child_at_index(i)
        except GLib.Error:
            continue
        if child is not None:
            yield from walk(child, depth + 1)


def pictures_folder():
    return os.path.join(os.environ['XDG_DATA_HOME'], 'limn', 'pictures')


def list_pictures():
    try:
        return sorted(f for f in os.listdir(pictures_folder()) if f.endswith('.png'))
    except FileNotFoundError:
        return []


def prepare(limn):
    """For the start of a test: sees to the accessibility bus, skips where nothing can be drawn."""
    os.environ['GTK_A11Y'] = 'atspi'
    starter = os.path.join(os.path.dirname(limn), '..', 'data', 'models', 'starter.gguf')
    if not os.environ.get('LIMN_MODEL_PATH') and not os.path.exists(starter):
        print('skipped, there is no model')
        sys.exit(SKIPPED)
    Atspi.init()


class App:
    """A running Limn."""

    def __init__(self, argv, **environment):
        self.process = subprocess.Popen(argv, env={**os.environ, **environment})
        self.root = wait(self._find_root, 'Limn on the accessibility bus')

    def _find_root(self):
        if self.process.poll() is not None:
            raise SystemExit(f'Limn ended with {self.process.returncode}')
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app is not None and app.get_process_id() == self.process.pid and app.get_child_count():
                return app
        return None

    # ---- looking ----

    def find_all(self, name=None, roles=None, root=None, exact=False):
        found = []
        for node in walk(root or self.root):
            try:
                if roles and node.get_role_name() not in roles:
                    continue
                own = node.get_name().replace('_', '')
                # GTK 4.8 adds a button's text to its name
                if name is not None and not (own in (name, f'{name} {name}') if exact
                                             else own.startswith(name)):
                    continue
                if node.get_state_set().contains(Atspi.StateType.VISIBLE):
                    found.append(node)
            except GLib.Error:
                pass
        return found

    def get(self, name, roles=None, exact=False):
        return wait(lambda: self.find_all(name, roles, exact=exact), f'“{name}”')[0]

    def wait_pressed(self, name):
        """Waits until a toggle button is down, which takes a moment from when it was pressed."""
        def is_pressed(node):
            return self.has_state(node, Atspi.StateType.PRESSED) or self.has_state(node, Atspi.StateType.CHECKED)
        wait(lambda: any(is_pressed(n) for n in self.find_all(name)), f'“{name}” to be down')

    def is_there(self, name, roles=None):
        return bool(self.find_all(name, roles))

    def wait_gone(self, name, roles=None):
        wait(lambda: not self.find_all(name, roles), f'“{name}” to go')

    @staticmethod
    def has_state(node, state):
        """As it is now, not as was last heard of it."""
        node.clear_cache()
        return node.get_state_set().contains(state)

    def is_usable(self, name, roles=BUTTON):
        return any(self.has_state(n, Atspi.StateType.SENSITIVE) for n in self.find_all(name, roles))

    def wait_usable(self, name, roles=BUTTON):
        wait(lambda: self.is_usable(name, roles), f'“{name}” to be possible')

    def pictures(self, prompt=None):
        """Names of the finished pictures that are shown."""
        return [n for n in self.find_all('Picture ')
                if ',' not in n.get_name().split(':')[0] and ': ' in n.get_name()
                and self.has_state(n, Atspi.StateType.SENSITIVE)  # not thrown away
                and (prompt is None or n.get_name().endswith(': ' + prompt))]

    def wait_for_pictures(self, prompt, n=9):
        return wait(lambda: len(found := self.pictures(prompt)) >= n and found,
                    f'{n} pictures of “{prompt}”')

    def window(self):
        """The main window, which has actions of its own."""
        return self.get('Limn', ('frame', 'window'), exact=True)

    def in_library(self, prompt=None):
        """Pictures that the library shows: their names are their prompts."""
        tables = self.find_all('Library', ('table', 'grid', 'list'))
        return [n for table in tables for n in self.find_all(prompt, ('image', 'img'), root=table)
                if 'tile.open' in self.actions(n)]

    def wait_for_library(self, prompt, n):
        return wait(lambda: len(found := self.in_library(prompt)) == n and found,
                    f'{n} pictures of “{prompt}” in the library')

    def wait_toast(self, text):
        """What is said for a moment."""
        wait(lambda: any(name.startswith(text) for name in self.names(('label',))), f'a toast “{text}”')

    def names(self, roles):
        """The names of all controls of some kind."""
        found = []
        for node in self.find_all(roles=roles):
            try:
                found.append(node.get_name())
            except GLib.Error:
                pass
        return found

    def text_of(self, node):
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))

    # ---- doing ----

    @staticmethod
    def actions(node):
        if 'Action' not in Atspi.Accessible.get_interfaces(node):
            return []
        return [Atspi.Action.get_action_name(node, i) for i in range(Atspi.Action.get_n_actions(node))]

    def do(self, node, action):
        """Calls an action of a control by its name, as soon as it is possible."""
        wait(lambda: action in self.actions(node), f'{action} to be possible')
        Atspi.Action.do_action(node, self.actions(node).index(action))

    def press(self, name, roles=None, exact=False):
        """Presses the first of that name that can be pressed."""
        def find():
            for node in self.find_all(name, roles, exact=exact):
                if self.has_state(node, Atspi.StateType.SENSITIVE) and 'click' in self.actions(node):
                    return node
            return None
        self.do(wait(find, f'“{name}” to be possible'), 'click')

    def choose(self, name, letter):
        """Chooses an item of an open menu: by its name, or where GTK (4.18) gives items none, by its letter."""
        def has_opened():
            return self.is_there(name) or [n for n in self.find_all(roles=('menu item',)) if not n.get_name()]
        wait(has_opened, f'a menu with “{name}”')
        if self.is_there(name):
            self.press(name)
        else:
            focus_window(find_window('Limn'))
            key(letter)

    def close_popover(self, name):
        """Presses the button that opened it once more."""
        self.press(name)

    def open_picture(self, picture):
        self.do(picture, 'tile.open')

    def go_to(self, page):
        self.press(page, ('page tab', 'radio button', 'toggle button'))

    def close_window(self, title):
        node = self.get(title, FRAMES)
        if 'window.close' in self.actions(node):
            self.do(node, 'window.close')
        else:  # one inside the window, as libadwaita has them since 1.5
            focus_window(find_window('^Limn$'))
            key('Escape')
        self.wait_gone(title, FRAMES)

    def entry(self, name):
        def find():
            for node in self.find_all(name):
                if 'EditableText' in Atspi.Accessible.get_interfaces(node):
                    return node
            return None
        return wait(find, f'the entry “{name}”')

    def type(self, name, text):
        Atspi.EditableText.set_text_contents(self.entry(name), text)

    def wait_focus(self, name):
        """Waits until keys go to a control of that name."""
        wait(lambda: any(self.has_state(n, Atspi.StateType.FOCUSED) for n in self.find_all(name)),
             f'the focus on “{name}”')

    def read(self, name):
        return self.text_of(self.entry(name))

    def wait_text(self, name, text):
        """Waits until an entry holds this; tells what it held instead."""
        entry = self.entry(name)
        wait(lambda: self.text_of(entry) == text,
             f'“{text}” in {name}, where there is “{self.text_of(entry)}”')

    def draw(self, prompt):
        self.type('Prompt', prompt)
        self.press('Draw', BUTTON)

    def call(self, action, parameter='[]'):
        """Calls an action of the application as the desktop would."""
        subprocess.run(['gdbus', 'call', '--session', '--dest', APP_ID, '--object-path',
                        '/' + APP_ID.replace('.', '/'), '--method', 'org.gtk.Actions.Activate',
                        action, parameter, '{}'], check=True, stdout=subprocess.DEVNULL)

    def focused_entry(self, title):
        """What keys are typed into in a window, if it is an entry."""
        for window in [n for n in self.find_all(title) if n.get_parent() == self.root]:
            for node in self.find_all(root=window):
                if (self.has_state(node, Atspi.StateType.FOCUSED)
                        and 'EditableText' in Atspi.Accessible.get_interfaces(node)):
                    return node
        return None

    def answer_dialog(self, title, path):
        """Types a path into a file dialog, where one that saves asks for a name and others have Ctrl+L.

        The dialog completes the path while it is typed.  GTK 4.18 sometimes
        loses the first letter so, or leaves the end of a folder behind the
        cursor: who sees that types again.
        """
        def type_path():
            key('ctrl+a')
            type_keys(path)
            key('shift+End', 'Delete')
            return self.text_of(self.focused_entry(title)) == path
        focus_window(wait(lambda: find_window(title), f'the dialog “{title}”'))
        if not self.focused_entry(title):
            key('ctrl+l')
            wait(lambda: self.focused_entry(title), f'an entry in the dialog “{title}”')
        wait(type_path, f'“{path}” to be typed')
        key('Return')
        wait(lambda: not find_window(title), f'the dialog “{title}” to go')
        focus_window(find_window('^Limn$', self.process.pid))

    def quit(self):
        self.call('quit')
        return self.process.wait(TIMEOUT)

    def is_unnamed(self, node):
        """Whether a screen reader could only call a control by its class; not one that is gone."""
        try:
            name, parent = node.get_name(), node.get_parent()
            return (parent is not None and (not name or name.startswith(('Gtk', 'Adw', 'Limn')))
                    # libadwaita's own in the preferences, never shown; ours are all named
                    and name != 'GtkSearchEntry'
                    # libadwaita gives the button that closes a toast no name
                    and parent.get_name() != 'AdwToastWidget'
                    # a menu button's shell does nothing; the button inside it has the name
                    and (node.get_role_name() not in BUTTON or 'click' in self.actions(node)))
        except GLib.Error:
            return False

    def unnamed(self):
        """Roles and names of such controls."""
        kinds = BUTTON + ('toggle button', 'text', 'entry', 'progress bar', 'menu button', 'slider',
                          'spin button', 'combo box', 'check box', 'switch')
        return [f'{n.get_role_name()} “{n.get_name()}”' for n in self.find_all(roles=kinds) if self.is_unnamed(n)]


# ---- keys and mouse ----

def has_xdotool():
    return subprocess.run(['sh', '-c', 'command -v xdotool'], stdout=subprocess.DEVNULL).returncode == 0


def xdotool(*words):
    result = subprocess.run(['xdotool', *[str(w) for w in words]], capture_output=True, text=True)
    return result.stdout.strip()


def key(*keys):
    xdotool('key', '--delay', '30', *keys)
    pump()


def type_keys(text):
    xdotool('type', '--delay', '15', text)
    pump()


def find_window(name, pid=None):
    """A window's number on the screen, whatever program it is of."""
    words = ['search', '--onlyvisible', '--name', name]
    if pid is not None:
        words = ['search', '--onlyvisible', '--all', '--pid', pid, '--name', name]
    found = xdotool(*words).split()
    return found[-1] if found else None


def place_window(window, x, y):
    xdotool('windowmove', window, x, y)


def focus_window(window):
    """There is no window manager: the keys go where the X server is told."""
    xdotool('windowfocus', window)


def get_corner(window):
    facts = dict(line.split('=', 1) for line in
                 xdotool('getwindowgeometry', '--shell', window).splitlines() if '=' in line)
    return int(facts['X']), int(facts['Y']), int(facts['WIDTH']), int(facts['HEIGHT'])


def screenshot(name):
    """What the whole window shows, where a program that can tell is there."""
    folder = os.environ.get('LIMN_SCREENSHOT_DIR')
    if folder and subprocess.run(['sh', '-c', 'command -v import'], stdout=subprocess.DEVNULL).returncode == 0:
        os.makedirs(folder, exist_ok=True)
        subprocess.run(['import', '-window', 'root', os.path.join(folder, name)], check=False)
