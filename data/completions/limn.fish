# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for limn

function __limn_models
    limn models --names 2>/dev/null
end

complete -c limn -n __fish_use_subcommand -a draw -d 'Draw pictures of a sentence'
complete -c limn -n __fish_use_subcommand -a import -d 'Make a model file from published checkpoints'
complete -c limn -n __fish_use_subcommand -a info -d 'Tell what is in a model, or how a picture was drawn'
complete -c limn -n __fish_use_subcommand -a models -d 'List, get and check models'
complete -c limn -n __fish_use_subcommand -l version -d 'Print the version'
complete -c limn -n __fish_use_subcommand -s p -l prompt -x -d 'Open the window and start drawing'
complete -c limn -n __fish_use_subcommand -l surprise -d 'Open the window with something funny to draw'
complete -c limn -n __fish_use_subcommand -l models -d 'Open the window and show the models'
complete -c limn -s h -l help -d 'Show help'

set -l draw '__fish_seen_subcommand_from draw'
complete -c limn -n "$draw" -s n -l number -x -d 'How many pictures'
complete -c limn -n "$draw" -s s -l seed -x -d 'Draw the same pictures as before'
complete -c limn -n "$draw" -s m -l model -r -a '(__limn_models)' -d 'A model’s name or its file'
complete -c limn -n "$draw" -s t -l temperature -x -d 'How daring'
complete -c limn -n "$draw" -s k -l top-k -x -d 'Choose among the likeliest tokens'
complete -c limn -n "$draw" -s g -l guidance -x -d 'How closely to follow the words'
complete -c limn -n "$draw" -s o -l output -x -a '(__fish_complete_directories)' -d 'The folder for the pictures'
complete -c limn -n "$draw" -l sheet -d 'Also put all pictures side by side in one'
complete -c limn -n "$draw" -l surprise -d 'Draw something funny'
complete -c limn -n "$draw" -l threads -x -d 'Processor cores to use'
complete -c limn -n "$draw" -l json -d 'Print one JSON object at the end'
complete -c limn -n '__fish_seen_subcommand_from draw import models' -s q -l quiet -d 'Print nothing but errors'

set -l import '__fish_seen_subcommand_from import; and not __fish_seen_subcommand_from models'
complete -c limn -n "$import" -s o -l output -r -d 'The model file to write'
complete -c limn -n "$import" -l quantize -x -a 'keep f32 f16 bf16 i8' -d 'Precision of the weights'
complete -c limn -n "$import" -l name -x -d 'The model’s name'
complete -c limn -n "$import" -l license -x -d 'The licence of the weights'
complete -c limn -n "$import" -l source -x -d 'Where the files came from'

complete -c limn -n '__fish_seen_subcommand_from info' -l json -d 'Print a JSON object'

set -l models '__fish_seen_subcommand_from models'
set -l action '__fish_seen_subcommand_from list download import verify delete'
complete -c limn -n "$models; and not $action" -f -a list -d 'List the models'
complete -c limn -n "$models; and not $action" -f -a download -d 'Fetch and import a model'
complete -c limn -n "$models; and not $action" -f -a import -d 'Make a model of files'
complete -c limn -n "$models; and not $action" -f -a verify -d 'Check a model'
complete -c limn -n "$models; and not $action" -f -a delete -d 'Delete a model'
complete -c limn -n "$models; and __fish_seen_subcommand_from download" -f -a 'mini mega'
complete -c limn -n "$models; and __fish_seen_subcommand_from verify delete" -f -a '(__limn_models)'
complete -c limn -n "$models" -l folder -x -a '(__fish_complete_directories)' -d 'Where models are'
complete -c limn -n "$models" -l source -x -a 'min-dalle dalle-mini' -d 'Which files to download'
complete -c limn -n "$models" -l mirror -x -d 'Download from another server'
complete -c limn -n "$models" -l quantize -x -a 'keep f32 f16 bf16 i8' -d 'Precision of the weights'
complete -c limn -n "$models" -l name -x -d 'What to call an imported model'
complete -c limn -n "$models" -l keep -d 'Keep the downloaded files after the import'
complete -c limn -n "$models" -l json -d 'Print JSON'
complete -c limn -n "$models" -l names -d 'Print only the names of models that are here'
