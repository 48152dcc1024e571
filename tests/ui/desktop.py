#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""desktop.py LIMN: what needs real keys, a real mouse and other programs: drawing by
keyboard alone, file dialogs, dragging out and in.  Keys and mouse are xdotool's;
there is no window manager.  To be run by headless.sh.
"""
import os
import subprocess
import sys

from driver import (App, SKIPPED, check, find_window, focus_window, get_corner, has_xdotool, key,
                    list_pictures, pictures_folder, place_window, prepare, type_keys, wait, xdotool)

PROMPT = 'a cat in space'


def is_png(path):
    if not os.path.exists(path):
        return False
    with open(path, 'rb') as file:
        return file.read(8) == b'\x89PNG\r\n\x1a\n'


def starts_with(path, start):
    if not os.path.exists(path):
        return False
    with open(path, 'rb') as file:
        return file.read(len(start)) == start


def draw_by_keyboard(app, window):
    focus_window(window)
    key('ctrl+l')
    type_keys(PROMPT)
    key('Return')
    app.wait_for_pictures(PROMPT, 9)
    check(len(list_pictures()) == 9, 'pictures are drawn by keyboard alone')


def look_by_keyboard(app, window):
    """From the prompt to the pictures, to one of them, and back."""
    def is_selected():
        return app.is_usable('Copy Picture')
    for _ in range(8):
        key('Tab')
        if is_selected():
            break
    check(is_selected(), 'Tab leads to the pictures')
    key('Right', 'Down')
    key('Return')
    app.get('Previous Picture')
    key('ctrl+d')
    app.get('Remove from Favourites')
    key('Escape')
    check(True, 'arrows, Enter, Ctrl+D and Escape do what they should')


def answer_dialog(title, path):
    """Types a name into a file dialog."""
    dialog = wait(lambda: find_window(title), f'the dialog “{title}”')
    focus_window(dialog)
    key('ctrl+a')
    type_keys(path)
    key('Return')
    wait(lambda: not find_window(title), f'the dialog “{title}” to go')


def save(app, window, folder):
    for name, start in (('one.png', b'\x89PNG'), ('two.jpg', b'\xff\xd8\xff'), ('three.webp', b'RIFF')):
        path = os.path.join(folder, name)
        focus_window(window)
        key('ctrl+s')
        answer_dialog('Save Picture', path)
        wait(lambda: starts_with(path, start), f'the file {name}')
        check(True, f'{name} is saved')
        focus_window(window)


def drag_out(app, window):
    partner = subprocess.Popen([os.environ['LIMN_TEST_PARTNER'], 'take'], stdout=subprocess.PIPE,
                               text=True)
    check(partner.stdout.readline().strip() == 'ready', 'another program is there')
    target = wait(lambda: find_window('^Partner$'), 'its window')
    x, y, width, height = get_corner(window)
    place_window(target, x + width + 40, 80)
    from_x, from_y = x + width // 2, y + height // 2
    to_x, to_y = x + width + 190, 230
    xdotool('mousemove', from_x, from_y, 'mousedown', 1)
    for step in range(1, 21):
        xdotool('mousemove', from_x + (to_x - from_x) * step // 20, from_y + (to_y - from_y) * step // 20,
                'sleep', 0.05)
    xdotool('sleep', 0.3, 'mousemove', to_x + 3, to_y + 3, 'sleep', 0.3, 'mouseup', 1)
    lines = [partner.stdout.readline().strip()]
    while lines[-1] and not lines[-1].startswith(('file ', 'texture')):
        lines.append(partner.stdout.readline().strip())
    partner.wait()
    offers = [line for line in lines if line.startswith('offer ')]
    check(offers and 'image/png' in offers[0] and 'uri-list' in offers[0],
          'a dragged picture offers its file and its pixels')
    dropped = lines[-1][len('file '):]
    check(is_png(dropped) and os.path.dirname(dropped) == pictures_folder(),
          'what is dropped elsewhere is its file')


def drag_in(app, window):
    name = list_pictures()[3]
    seed = name.rsplit('-', 1)[1][:-len('.png')]
    app.type('Prompt', 'something else')
    partner = subprocess.Popen([os.environ['LIMN_TEST_PARTNER'], 'give',
                                os.path.join(pictures_folder(), name)],
                               stdout=subprocess.PIPE, text=True)
    partner.stdout.readline()
    source = wait(lambda: find_window('^Partner$'), 'its window')
    x, y, width, height = get_corner(window)
    place_window(source, x + width + 40, 80)
    from_x, from_y = x + width + 190, 230
    to_x, to_y = x + width // 2, y + height // 2
    xdotool('sleep', 0.3, 'mousemove', from_x, from_y, 'mousedown', 1)
    for step in range(1, 21):
        xdotool('mousemove', from_x + (to_x - from_x) * step // 20, from_y + (to_y - from_y) * step // 20,
                'sleep', 0.05)
    xdotool('sleep', 0.3, 'mousemove', to_x + 3, to_y + 3, 'sleep', 0.3, 'mouseup', 1)
    app.wait_text('Prompt', PROMPT)
    partner.terminate()
    partner.wait()
    app.press('Options')
    app.wait_text('Seed', seed)
    app.close_popover('Options')
    check(True, 'a picture dropped on the window brings back its prompt and seed')


def main():
    limn = sys.argv[1]
    if not has_xdotool():
        print('skipped, there is no xdotool')
        sys.exit(SKIPPED)
    prepare(limn)
    app = App([limn])
    window = wait(lambda: find_window('^Limn$', app.process.pid), 'the window')
    place_window(window, 0, 0)
    draw_by_keyboard(app, window)
    look_by_keyboard(app, window)
    save(app, window, os.environ['HOME'])
    drag_out(app, window)
    drag_in(app, window)
    check(app.quit() == 0, 'and it quits')


main()
