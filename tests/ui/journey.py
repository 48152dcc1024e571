#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""journey.py LIMN [NAME…]: what people do with the program, from the first start
to quitting, done to the real program as a screen reader sees it.

Each journey goes on in the same window where the one before it ended.  With
names, only those are made.  To be run by headless.sh.  Ends with 77 where the
accessibility library or a model is not there.
"""
import json
import os
import struct
import subprocess
import sys

from driver import (App, Atspi, BUTTON, FRAMES, TIMEOUT, check, find_window, focus_window,
                    has_xdotool, key, list_pictures, pictures_folder, prepare, wait)

FROG = 'a frog on the moon'
APPLE = 'a red apple'
HOUSE = 'a house in the snow'
DRAWN_FIRST = 'a pizza in space'
WAITING = ['a dog in the rain', 'a cat in the rain', 'an owl in the rain']


def check_names(app, where):
    """Looks twice: what goes away while it is looked at has no name either."""
    missing = app.unnamed() and app.unnamed()
    check(not missing, f'every control has a name {where} {missing or ""}')


def set_pictures(app, name):
    app.press('Options')
    app.press(name)
    check_names(app, 'in the options')
    app.close_popover('Options')


def first_start(app, limn):
    check(app.get(FROG, ('push button', 'button')) is not None, 'examples are offered')
    check_names(app, 'before the first picture')
    set_pictures(app, 'Four Pictures')


def draw(app, limn):
    app.draw(FROG)
    app.wait_for_pictures(FROG, 4)
    check(len(list_pictures()) == 4, 'four pictures are drawn and kept')
    check_names(app, 'beside pictures')


def second_start(app, limn):
    before = len(list_pictures())
    second = subprocess.run([limn, 'a', 'cat'], timeout=TIMEOUT)
    check(second.returncode == 0, 'a second start ends at once')
    app.wait_for_pictures('a cat', 4)
    check(len(list_pictures()) == before + 4, 'its words are drawn in the first window')


def cancel(app, limn):
    before = len(list_pictures())
    window = app.window()
    set_pictures(app, 'Sixteen Pictures')
    app.draw('a penguin on the beach')
    app.do(window, 'win.cancel')
    wait(lambda: not app.is_usable('Cancel'), 'drawing to end')
    shown = len(app.pictures('a penguin on the beach'))
    check(len(list_pictures()) == before + shown < before + 16,
          f'cancelled: {shown} finished pictures are kept')
    app.wait_text('Prompt', 'a penguin on the beach')
    check(True, 'the prompt is still there')


def open_queue(app):
    """Presses the button that tells how many wait, which it returns."""
    def find():
        return [n for n in app.find_all() if n.get_name().endswith(' waiting')
                and 'click' in app.actions(n)]
    button = wait(find, 'a button that tells how many wait')[0]
    app.do(button, 'click')
    return button


def times_of(prompt):
    """When the pictures of a prompt were kept."""
    start = prompt.replace(' ', '-') + '-'
    return sorted(os.stat(os.path.join(pictures_folder(), name)).st_mtime_ns
                  for name in list_pictures() if start in name)


def queue(app, limn):
    """Several are added at once, so that some still wait when they are looked at, however slow that is."""
    before = len(list_pictures())
    app.draw(DRAWN_FIRST)
    app.get('Add to Queue', BUTTON)
    entry, window = app.entry('Prompt'), app.window()
    for prompt in WAITING:
        Atspi.EditableText.set_text_contents(entry, prompt)
        app.do(window, 'win.draw')
    button = open_queue(app)
    wait(lambda: WAITING[-1] in app.names(('label',)), 'the waiting prompts in the list')
    app.do(app.find_all('Remove from Queue')[-1], 'click')
    wait(lambda: WAITING[-1] not in app.names(('label',)), 'the last to leave the list')
    check_names(app, 'in the queue')
    app.do(button, 'click')
    wait(lambda: len(times_of(WAITING[1])) == 16, 'the last pictures to be drawn')
    times = [times_of(prompt) for prompt in [DRAWN_FIRST] + WAITING[:2]]
    check(sum(times, []) == sorted(sum(times, [])), 'what waits is drawn in its order')
    wait(lambda: not app.is_usable('Cancel'), 'drawing to end')
    check(len(list_pictures()) == before + 48, 'what was removed is not drawn')


def look(app, limn):
    app.open_picture(app.pictures(FROG)[0])
    app.get('Next Picture')
    check(not app.is_there('Previous Picture', ('push button', 'button')), 'the first is shown large')
    app.press('Next Picture')
    app.get('Previous Picture', ('push button', 'button'))
    app.press('Details')
    for word in (FROG, 'Seed', 'Model', 'Temperature', 'Guidance', 'Drawn'):
        wait(lambda: word in app.names(('label',)), f'“{word}” in the details')
    check(True, 'details tell prompt, seed, model, settings and time')
    check_names(app, 'around a large picture')
    app.close_popover('Details')
    app.press('Favourite')
    app.get('Remove from Favourites', ('push button', 'button'))
    check(True, 'a favourite is marked')


def caption(app, limn):
    before = read_folder()
    app.press('Add Words')
    app.type('Words above', 'One does not simply')
    app.type('Words below', 'walk this dog')
    check_names(app, 'beside words')
    app.press('Bar')
    app.press('Outlined')
    app.press('Copy', exact=True)
    wait_for_clipboard('image/png', lambda png: get_size(png) == (768, 768), 'a picture with words')
    check(read_folder() == before, 'words leave the picture itself alone')
    app.do(app.window(), 'win.back')
    app.do(app.window(), 'win.back')
    check(app.get('Prompt') is not None, 'back leads to the picture, then to all')


def get_size(png):
    return struct.unpack('>II', png[16:24]) if png[:4] == b'\x89PNG' else (0, 0)


def wait_for_clipboard(kind, is_right, what):
    """Pastes as another program would, until the right thing is there."""
    def paste():
        got = subprocess.run([os.environ['LIMN_TEST_PARTNER'], 'paste', kind], timeout=TIMEOUT,
                             capture_output=True).stdout
        return is_right(got)
    wait(paste, what + ' in the clipboard')
    check(True, what + ' is copied')


def read_folder():
    files = {}
    for name in list_pictures():
        with open(os.path.join(pictures_folder(), name), 'rb') as file:
            files[name] = file.read()
    return files


def copies(app, limn):
    app.open_picture(app.pictures(FROG)[0])
    app.press('Copy Picture')
    wait_for_clipboard('image/png', lambda png: get_size(png) == (256, 256), 'the picture')
    app.do(app.window(), 'win.back')
    app.press('All Pictures')
    app.choose('Copy as Post', 'p')
    wait_for_clipboard('image/png', lambda png: get_size(png)[0] > 500 and get_size(png)[1] > 500,
                       'four pictures and their prompt')
    app.open_picture(app.pictures(FROG)[0])
    app.press('Picture Menu')
    app.choose('Copy as Animation', 'a')
    wait_for_clipboard('image/webp', lambda webp: webp[:4] == b'RIFF' and b'ANIM' in webp[:64],
                       'the picture being drawn')
    app.do(app.window(), 'win.back')


def throw_away(app, limn):
    files = list_pictures()
    window = app.window()
    app.open_picture(app.pictures(FROG)[0])
    app.press('Move to Trash')
    app.do(window, 'win.undo')
    app.do(window, 'win.back')
    wait(lambda: len(app.pictures(FROG)) == 4, 'the picture to come back')
    check(list_pictures() == files, 'what was thrown away is taken back')
    app.open_picture(app.pictures(FROG)[3])
    app.press('Move to Trash')
    app.do(window, 'win.back')
    wait(lambda: len(app.pictures(FROG)) == 3, 'a picture to go')
    wait(lambda: len(list_pictures()) == 3, 'its file to go when nobody takes it back')
    check(set(list_pictures()) < set(files), 'what is thrown away goes to the trash')


def library(app, limn):
    app.go_to('Library')
    app.type('Search', 'FROG moon')
    app.wait_for_library(FROG, 3)
    check_names(app, 'in the library')
    app.type('Search', 'nothing like it')
    wait(lambda: not app.in_library(), 'no picture to be found')
    app.type('Search', '')
    app.press('Only Favourites')
    wait(lambda: len(app.in_library()) == 1, 'the one favourite')
    app.press('Only Favourites')
    wait(lambda: len(app.in_library()) == 3, 'all pictures')
    check(True, 'pictures are found by words and by star')
    app.go_to('Draw')


def reroll(app, limn):
    """Two of four are drawn anew; the others, and the files of all, stay."""
    prompt = 'a crown on the beach'
    app.press('Options')
    app.press('Four Pictures')
    app.type('Seed', '')
    app.close_popover('Options')
    app.draw(prompt)
    app.wait_for_pictures(prompt, 4)
    wait(lambda: not app.is_usable('Cancel'), 'drawing to end')
    before = read_folder()
    for i in (0, 2):
        app.do(app.pictures(prompt)[i], 'tile.choose')
    app.press('Draw These Again')
    wait(lambda: len(list_pictures()) == len(before) + 2, 'two more files')
    wait(lambda: not app.is_usable('Cancel'), 'drawing to end')
    check(len(app.pictures(prompt)) == 4, 'chosen pictures are drawn anew beside the others')
    now = read_folder()
    check(all(now.get(name) == data for name, data in before.items()), 'what was drawn before is kept')


def reopen(app, limn):
    name = [f for f in list_pictures() if f.startswith('a-frog-on-the-moon')][1]
    seed = name.rsplit('-', 1)[1][:-len('.png')]
    app.type('Prompt', 'something else')
    subprocess.run([limn, os.path.join(pictures_folder(), name)], timeout=TIMEOUT, check=True)
    app.wait_text('Prompt', FROG)
    app.press('Options')
    app.wait_text('Seed', seed)
    app.close_popover('Options')
    check(True, 'an opened picture brings back its prompt and seed')
    broken = os.path.join(os.environ['HOME'], 'broken.png')
    with open(broken, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + b'nonsense')
    subprocess.run([limn, broken], timeout=TIMEOUT, check=True)
    app.get('This Picture Could Not Be Read')
    app.do(app.window(), 'win.back')
    app.wait_text('Prompt', FROG)
    check(app.process.poll() is None, 'a broken one does no harm, and nothing is lost')


def models(app, limn):
    app.call('models')
    wait(lambda: 'win.back' in app.actions(app.window()), 'the models page')
    check_names(app, 'on the models page')
    app.do(app.window(), 'win.back')
    check(True, 'the models are shown')


def preferences(app, limn):
    app.call('preferences')
    app.get('Leave Out Prompt and Settings')
    check_names(app, 'in the preferences')
    app.call('preferences')
    app.call('about')
    app.close_window('Preferences')
    check(not app.find_all('About', FRAMES), 'nothing opens over the preferences')
    app.call('about')
    wait(lambda: app.find_all('Limn', ('label', 'heading')), 'the credits')
    app.close_window('About')
    check(True, 'preferences and credits are shown')


# ---- more ways to draw, by keys where there are some ----

def press_key(app, *keys):
    focus_window(find_window('^Limn$', app.process.pid))
    key(*keys)


def read_facts(limn, path):
    return json.loads(subprocess.check_output([limn, 'info', '--json', path], timeout=TIMEOUT))


def wait_for_new(before, n):
    """What is in the folder beside the files that were there before, as soon as it is so much."""
    new = wait(lambda: len(found := sorted(set(list_pictures()) - before)) == n and found,
               f'{n} new pictures')
    return [os.path.join(pictures_folder(), name) for name in new]


def open_first(app, prompt):
    app.open_picture(app.wait_for_pictures(prompt, 4)[0])
    app.get('Next Picture')


def set_ways(app, blend_with, without):
    app.press('Options')
    app.type('Blend with', blend_with)
    app.type('Without', without)
    press_key(app, 'alt+e')  # “Edges meet”: before GTK 4.12 a check box has no action
    check_names(app, 'in the options of a blend')
    app.close_popover('Options')


def blend(app, limn):
    before = set(list_pictures())
    set_ways(app, 'a green frog', 'a blue car')
    app.draw(APPLE)
    for path in wait_for_new(before, 4):
        facts = read_facts(limn, path)
        check((facts['blend_prompt'], facts['blend'], facts['negative_prompt'], facts['tile'])
              == ('a green frog', 0.5, 'a blue car', True),
              'a blend, without something, with edges that meet')
    set_ways(app, '', '')


def best_first(app, limn):
    app.wait_for_pictures(APPLE, 4)
    app.press('All Pictures')
    app.choose('Best Match First', 'b')
    wait(lambda: not app.find_all(roles=('menu item',)), 'the menu to close')
    found = [read_facts(limn, os.path.join(pictures_folder(), name)) for name in list_pictures()]
    scores = {str(f['seed']): f['score'] for f in found if f['prompt'] == APPLE}
    best = {seed for seed, score in scores.items() if score == max(scores.values())}  # some are alike
    open_first(app, APPLE)
    app.press('Details')
    wait(lambda: best & set(app.names(('label',))), 'the seed of the best match')
    check(True, 'the best match comes first')
    app.close_popover('Details')
    app.do(app.window(), 'win.back')


def vary(app, limn):
    before = set(list_pictures())
    open_first(app, APPLE)
    press_key(app, 'ctrl+e')
    app.get('How much changes')
    check_names(app, 'beside a picture to vary')
    press_key(app, 'Home', 'Right', 'ctrl+Return')
    for path in wait_for_new(before, 4):
        facts = read_facts(limn, path)
        check((facts['kept_tokens'], facts['redrawn_share']) == (256, 0.1), 'a picture is varied a little')


def finish(app, limn):
    """A picture from a file, then one from the clipboard."""
    before = set(list_pictures())
    press_key(app, 'ctrl+o')
    app.answer_dialog('Choose a Picture to Finish', os.path.join(pictures_folder(), sorted(before)[0]))
    app.wait_focus('How much of the picture stays')
    app.type('Words for the picture', HOUSE)
    check_names(app, 'beside a picture to finish')
    press_key(app, 'Up', 'Right', 'ctrl+Return')
    for path in wait_for_new(before, 4):
        check(read_facts(limn, path)['kept_tokens'] == 113, 'seven rows and a cell of a picture stay')
    open_first(app, HOUSE)
    press_key(app, 'ctrl+c')
    app.do(app.window(), 'win.back')
    press_key(app, 'ctrl+v')
    wait(lambda: 'win.back' in app.actions(app.window()), 'the page to come')
    app.wait_focus('How much of the picture stays')
    press_key(app, 'Escape')
    app.wait_for_pictures(HOUSE, 4)
    check(True, 'a pasted picture can be finished, and left alone')


def pattern(app, limn):
    wallpaper = os.path.join(os.environ['HOME'], 'wallpaper.png')
    screen = os.environ.get('LIMN_TEST_SCREEN', '1600x1200')
    open_first(app, HOUSE)
    press_key(app, 'ctrl+shift+p')
    app.get('The picture, repeated')
    check_names(app, 'beside a pattern')
    press_key(app, 'Left', 'ctrl+s')
    app.answer_dialog('Save Picture', wallpaper)
    wait(lambda: os.path.exists(wallpaper), 'the wallpaper')
    with open(wallpaper, 'rb') as file:
        check('%dx%d' % get_size(file.read(24)) == screen, 'a wallpaper is as large as the screen')
    check(read_facts(limn, wallpaper)['tile'], 'and says how it was drawn')
    app.press('All Together')
    app.wait_pressed('All Together')
    app.press('Copy Tile')
    wait_for_clipboard('image/png', lambda png: get_size(png) == (512, 512), 'four pictures as one tile')
    app.do(app.window(), 'win.back')
    app.do(app.window(), 'win.back')


def enlarge(app, limn):
    large = os.path.join(os.environ['HOME'], 'large.png')
    open_first(app, HOUSE)
    app.press('Picture Menu')
    app.choose('Save As', 'v')
    app.choose('Four Times as Large', 'f')
    app.answer_dialog('Save Picture', large)
    wait(lambda: os.path.exists(large), 'the larger picture')
    with open(large, 'rb') as file:
        check(get_size(file.read(24)) == (1024, 1024), 'a picture is saved four times as large')
    check(read_facts(limn, large)['prompt'] == HOUSE, 'and says how it was drawn')
    app.do(app.window(), 'win.back')


WAYS = [blend, best_first, vary, finish, pattern, enlarge] if has_xdotool() else []


def quit_while_drawing(app, limn):
    app.call('surprise')
    app.press('Draw')
    check(app.quit() == 0, 'quitting while drawing is clean')
    leftovers = [f for f in os.listdir(pictures_folder()) if not f.endswith('.png')]
    check(not leftovers, f'nothing half-written is left {leftovers or ""}')


JOURNEYS = [first_start, draw, look, caption, copies, throw_away, library, reopen, models, preferences, reroll, *WAYS,
            second_start, cancel, queue, quit_while_drawing]


def main():
    limn = sys.argv[1]
    prepare(limn)
    app = App([limn])
    for journey in JOURNEYS:
        if len(sys.argv) == 2 or journey.__name__ in sys.argv[2:]:
            print(f'# {journey.__name__}', flush=True)
            journey(app, limn)
    if app.process.poll() is None:
        app.quit()


main()
