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
complete -c limn -n __fish_use_subcommand -l prompt -x -d 'Open the window and start drawing'
complete -c limn -s h -l help -d 'Show help'

set -l draw '__fish_seen_subcommand_from draw'
complete -c limn -n $draw -s n -l number -x -d 'How many pictures'
complete -c limn -n $draw -s s -l seed -x -d 'Draw the same pictures as before'
complete -c limn -n $draw -s m -l model -r -a '(__limn_models)' -d 'A model’s name or its file'
complete -c limn -n $draw -s t -l temperature -x -d 'How daring'
complete -c limn -n $draw -s k -l top-k -x -d 'Choose among the likeliest tokens'
complete -c limn -n $draw -s g -l guidance -x -d 'How closely to follow the words'
complete -c limn -n $draw -s o -l output -x -a '(__fish_complete_directories)' -d 'The folder for the pictures'
complete -c limn -n $draw -l sheet -d 'Also put all pictures side by side in one'
complete -c limn -n $draw -l threads -x -d 'Processor cores to use'
complete -c limn -n $draw -l json -d 'Print one JSON object at the end'
complete -c limn -n '__fish_seen_subcommand_from draw import' -s q -l quiet -d 'Print nothing but errors'

set -l import '__fish_seen_subcommand_from import'
complete -c limn -n $import -s o -l output -r -d 'The model file to write'
complete -c limn -n $import -l quantize -x -a 'keep f32 f16 bf16 i8' -d 'Precision of the weights'
complete -c limn -n $import -l name -x -d 'The model’s name'
complete -c limn -n $import -l license -x -d 'The licence of the weights'
complete -c limn -n $import -l source -x -d 'Where the files came from'

complete -c limn -n '__fish_seen_subcommand_from info' -l json -d 'Print a JSON object'
