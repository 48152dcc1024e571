# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for limn

_limn_model_names() {
  limn models --names 2>/dev/null
}

_limn() {
  local cur prev command
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD-1]}
  command=${COMP_WORDS[1]}
  COMPREPLY=()

  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'draw enlarge import info models --help --version --prompt --surprise --models' -- "$cur"; compgen -f -X '!*.png' -- "$cur")
    return
  fi
  case $prev in
    -m|--model)
      mapfile -t COMPREPLY < <(compgen -W "$(_limn_model_names)" -- "$cur"; compgen -f -X '!*.gguf' -- "$cur")
      return ;;
    --again|--vary)
      mapfile -t COMPREPLY < <(compgen -f -X '!*.png' -- "$cur")
      return ;;
    -o|--output|--folder|--finish|--prompts)
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      return ;;
    --source)
      if [ "$command" = models ]; then
        mapfile -t COMPREPLY < <(compgen -W 'min-dalle dalle-mini' -- "$cur")
        return
      fi ;;
    get)
      mapfile -t COMPREPLY < <(compgen -W 'mini mega' -- "$cur")
      return ;;
    verify|delete|path)
      mapfile -t COMPREPLY < <(compgen -W "$(_limn_model_names)" -- "$cur")
      return ;;
    --quantize)
      mapfile -t COMPREPLY < <(compgen -W 'keep f32 f16 bf16 i8' -- "$cur")
      return ;;
  esac
  case $command in
    draw)
      mapfile -t COMPREPLY < <(compgen -W '-n --number -s --seed -m --model -t --temperature -k --top-k -g --guidance -o --output --negative --blend --mix --again --vary --finish --strength --keep-rows --keep-cells --tile --seamless --rank --sheet --surprise --prompts --shard --threads --gentle --json -q --quiet -h --help' -- "$cur") ;;
    enlarge)
      mapfile -t COMPREPLY < <(compgen -W '-x --times -o --output -h --help' -- "$cur"; compgen -f -- "$cur") ;;
    import)
      mapfile -t COMPREPLY < <(compgen -W '-o --output --quantize --name --license --source -q --quiet -h --help' -- "$cur"; compgen -f -- "$cur") ;;
    info)
      mapfile -t COMPREPLY < <(compgen -W '--json -h --help' -- "$cur"; compgen -f -- "$cur") ;;
    models)
      mapfile -t COMPREPLY < <(compgen -W 'list get import verify delete path --folder --source --mirror --quantize --name --keep --json --names -q --quiet -h --help' -- "$cur"; compgen -f -- "$cur") ;;
  esac
}

complete -o filenames -F _limn limn
