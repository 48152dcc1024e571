#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of the fuzz targets for model files: small files of each
format, well made ("good-...") and hostile ("bad-...").  No pickle is ever
loaded here, and the hostile ones are put together byte by byte.

Usage: make-corpus.py FOLDER   (tests/fuzz/corpus)
"""
import io
import os
import pickle
import struct
import sys
import zipfile

FOLDER = sys.argv[1]


def put(folder, name, data):
    os.makedirs(os.path.join(FOLDER, folder), exist_ok=True)
    with open(os.path.join(FOLDER, folder, name), "wb") as f:
        f.write(data)


# ---- pickle ------------------------------------------------------------------
def text(s):
    b = s.encode()
    return b"X" + struct.pack("<I", len(b)) + b


def integer(i):
    return b"J" + struct.pack("<i", i) if -(1 << 31) <= i < 1 << 31 else b"\x8a\x08" + struct.pack("<q", i)


def tuple_of(*items):
    return b"(" + b"".join(items) + b"t"


def storage(kind="Half", key="0", n=12):
    return tuple_of(text("storage"), b"ctorch\n%sStorage\n" % kind.encode(), text(key), text("cpu"), integer(n)) + b"Q"


def tensor(store=None, offset=0, size=(3, 4), stride=(1, 3), function=b"_rebuild_tensor_v2"):
    store = storage() if store is None else store
    return (b"ctorch._utils\n" + function + b"\n"
            + tuple_of(store, integer(offset), tuple_of(*map(integer, size)), tuple_of(*map(integer, stride)),
                       b"\x89", b"ccollections\nOrderedDict\n)R") + b"R")


def table(*pairs):
    return b"\x80\x02}q\x00(" + b"".join(text(k) + v for k, v in pairs) + b"u."


def ordered(*pairs):
    """A state_dict(): an OrderedDict with _metadata."""
    return (b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01("
            + b"".join(text(k) + v for k, v in pairs) + b"u}q\x02" + text("_metadata") + b"}sb.")


DATA = {"0": bytes(range(24))}


def archive(pkl, data=DATA, folder="archive", extra=(), method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        z.writestr(folder + "/data.pkl", pkl)
        for key, value in data.items():
            z.writestr(folder + "/data/" + key, value)
        for name, value in extra:
            z.writestr(name, value)
        z.writestr(folder + "/version", b"3\n")
    return out.getvalue()


LEGACY = bytes.fromhex("80028a0a6cfc9c46f9206aa850192e") + b"\x80\x02M\xe9\x03." + b"\x80\x02}q\x00."


def legacy(pkl, keys=("0",), n=12, data=DATA["0"]):
    return (LEGACY + pkl + b"\x80\x02](" + b"".join(text(k) for k in keys) + b"e."
            + struct.pack("<q", n) + data)


def call(module, name, *arguments):
    return b"\x80\x02c%s\n%s\n" % (module, name) + tuple_of(*arguments) + b"R."


names = [("embed_tokens.weight", tensor()), ("embed_positions.weight", tensor(offset=0, size=(2, 2), stride=(2, 1)))]
good = archive(table(*names))
put("torch", "good-plain", good)
put("torch", "good-state-dict", archive(ordered(*names), folder="model"))
put("torch", "good-types", archive(table(
    ("a", tensor(storage("Float", "f", 6), size=(2, 3), stride=(3, 1))),
    ("b", tensor(storage("BFloat16", "b", 4), size=(4,), stride=(1,))),
    ("c", tensor(storage("Double", "d", 2), size=(), stride=(), offset=1)),
    ("d", tensor(storage("Long", "l", 3), size=(3,), stride=(1,))),
    ("state_dict", b"}" + text("quantize.embedding.weight") + tensor() + b"s")),
    {"f": bytes(24), "b": bytes(8), "d": bytes(16), "l": bytes(24), "0": DATA["0"]}))
put("torch", "good-parameter", archive(table(
    ("p", b"ctorch._utils\n_rebuild_parameter\n" + tuple_of(tensor(), b"\x88", b"ccollections\nOrderedDict\n)R") + b"R"))))
put("torch", "good-legacy", legacy(table(("embed_tokens.weight", tensor()))))
put("torch", "good-bare-pickle", table(*names))
put("torch", "good-memo", b"\x80\x02}q\x00" + text("x") + b"q\x01r\x05\x01\x00\x00j\x05\x01\x00\x00h\x01\x86s.")

# what pickles are feared for
for module, name, arguments in [
        (b"os", b"system", (text("touch limn-was-here"),)),
        (b"posix", b"system", (text("touch limn-was-here"),)),
        (b"builtins", b"eval", (text("1"),)),
        (b"builtins", b"getattr", (text("a"), text("b"))),
        (b"subprocess", b"Popen", (text("touch limn-was-here"),)),
        (b"torch.hub", b"load", (text("x"),)),
        (b"torch", b"load", (text("x"),)),
        (b"torch._utils", b"_rebuild_device_tensor_from_numpy", (text("x"),)),
        (b"torch", b"FloatStorage", (integer(1 << 30),)),
        (b"collections", b"OrderedDict", (text("x"),))]:
    label = (module + b"-" + name).decode().replace(".", "-")
    put("torch", "bad-call-" + label, archive(call(module, name, *arguments)))
put("torch", "bad-opcode-inst", archive(b"\x80\x02(S'touch limn-was-here'\nios\nsystem\n."))
put("torch", "bad-opcode-object", archive(b"\x80\x02(cos\nsystem\nX\x01\x00\x00\x00xo."))
put("torch", "bad-opcode-newobj", archive(b"\x80\x02ccollections\nOrderedDict\n)\x81."))
put("torch", "bad-opcode-stack-global", archive(b"\x80\x02" + text("os") + text("system") + b"\x93)R."))
put("torch", "bad-opcode-extension", archive(b"\x80\x02\x82\x01)R."))
put("torch", "bad-opcode-persistent-text", archive(b"\x80\x02Pstorage\n."))
put("torch", "bad-opcode-reduce-text", archive(b"\x80\x02" + text("x") + b")R."))
put("torch", "bad-protocol-4", archive(pickle.dumps({"a": 1}, protocol=4)))
put("torch", "bad-truncated-pickle", archive(table(*names)[:-20]))
put("torch", "bad-empty-stack", archive(b"\x80\x02."))
put("torch", "bad-memo", archive(b"\x80\x02h\x05."))
put("torch", "bad-memo-far", archive(b"\x80\x02}r\xff\xff\xff\xff."))
put("torch", "bad-mark", archive(b"\x80\x02t."))
put("torch", "bad-items-without-dict", archive(b"\x80\x02(" + text("a") + text("b") + b"u."))
put("torch", "bad-text-length", archive(b"\x80\x02X\xff\xff\xff\xffabc."))
put("torch", "bad-not-a-table", archive(b"\x80\x02K\x01."))
put("torch", "bad-many-marks", archive(b"\x80\x02" + b"(" * 5000 + b"."))
put("torch", "bad-self-reference", archive(b"\x80\x02}q\x00" + (text("x") + b"h\x00s") * 30 + b"."))
put("torch", "bad-deep-tables", archive(b"\x80\x02" + (b"}" + text("x")) * 50 + b"}" + b"s" * 50 + b"."))

# tensors that lie about their data
for label, value in [
        ("size", tensor(size=(3, 5))),
        ("size-huge", tensor(size=(1 << 40, 1 << 40), stride=(1, 1))),
        ("size-negative", tensor(size=(-1, 4))),
        ("stride-huge", tensor(stride=(1 << 62, 1 << 62))),
        ("stride-wraps", tensor(size=(5, 5), stride=(1 << 62, 1))),
        ("stride-zero", tensor(size=(1 << 20, 1 << 20), stride=(0, 0))),
        ("offset", tensor(offset=12)),
        ("offset-huge", tensor(offset=(1 << 63) - 1)),
        ("offset-negative", tensor(offset=-1)),
        ("rank", tensor(size=(1,) * 9, stride=(1,) * 9)),
        ("ranks-differ", tensor(size=(3, 4), stride=(1,))),
        ("count", tensor(storage(n=13))),
        ("count-huge", tensor(storage(n=(1 << 63) - 1))),
        ("count-negative", tensor(storage(n=-1))),
        ("missing-data", tensor(storage(key="7"))),
        ("type", tensor(storage("Quantized"))),
        ("no-storage", tensor(text("x"))),
        ("path", tensor(storage(key="../../data.pkl")))]:
    put("torch", "bad-tensor-" + label, archive(table(("embed_tokens.weight", value))))
put("torch", "bad-tensor-two-types", archive(table(("a", tensor()), ("b", tensor(storage("Float", n=6), size=(6,), stride=(1,))))))
put("torch", "bad-tensor-twice", archive(table(("a", tensor()), ("a", tensor()))))

# archives
put("torch", "bad-zip-truncated", good[:-30])
put("torch", "bad-zip-start-only", good[:60])
put("torch", "bad-zip-compressed", archive(table(*names), method=zipfile.ZIP_DEFLATED))
put("torch", "bad-zip-big-endian", archive(table(*names), extra=[("archive/byteorder", b"big")]))
put("torch", "bad-zip-no-pickle", archive(table(*names)).replace(b"data.pkl", b"data.txt"))
end = good.rfind(b"PK\5\6")
central = good.find(b"PK\1\2")


def patched(at, fmt, *values):
    b = bytearray(good)
    struct.pack_into(fmt, b, at, *values)
    return bytes(b)


put("torch", "bad-zip-count", patched(end + 10, "<H", 60000))
put("torch", "bad-zip-place", patched(end + 16, "<I", 0xfffffff0))
put("torch", "bad-zip-size", patched(central + 20, "<II", 0x7fffffff, 0x7fffffff))
put("torch", "bad-zip-local", patched(central + 42, "<I", 0xfffffff0))
put("torch", "bad-zip-encrypted", patched(central + 8, "<H", 1))
put("torch", "bad-zip-two-names", good.replace(b"archive/data.pkl", b"archive/data.pkk", 1))
put("torch", "bad-zip64-place", good[:end] + b"PK\6\7" + struct.pack("<IQI", 0, 1 << 62, 1) + good[end:])
put("torch", "bad-zip-twice", archive(table(*names), extra=[("archive/dat4/0", DATA["0"])]).replace(b"dat4", b"data"))
put("torch", "bad-legacy-size", legacy(table(("a", tensor())), n=1 << 60))
put("torch", "bad-legacy-truncated", legacy(table(("a", tensor())))[:-4])
put("torch", "bad-legacy-key", legacy(table(("a", tensor())), keys=("9",)))
put("torch", "bad-legacy-start-only", LEGACY)


# ---- msgpack -------------------------------------------------------------------
def mstr(s):
    b = s.encode()
    return bytes([0xa0 | len(b)]) + b if len(b) < 32 else b"\xd9" + bytes([len(b)]) + b


def mint(i):
    return bytes([i]) if i < 128 else b"\xcf" + struct.pack(">Q", i)


def mmap(*pairs):
    return bytes([0x80 | len(pairs)]) + b"".join(mstr(k) + v for k, v in pairs)


def ext(kind, payload):
    return b"\xc7" + bytes([len(payload), kind]) + payload if len(payload) < 256 else \
        b"\xc9" + struct.pack(">I", len(payload)) + bytes([kind]) + payload


def array(shape, dtype="float32", data=None, parts=3):
    sizes = {"float32": 4, "float16": 2, "bfloat16": 2, "float64": 8, "int32": 4}
    n = 1
    for s in shape:
        n *= s
    data = bytes(n * sizes.get(dtype, 4)) if data is None else data
    return ext(1, bytes([0x90 | parts]) + bytes([0x90 | len(shape)]) + b"".join(map(mint, shape))
               + mstr(dtype) + b"\xc4" + bytes([len(data)]) + data)


def tree(**flat):
    """Nested maps from paths written with "__" between levels."""
    return nest({tuple(k.split("__")): v for k, v in flat.items()})


def nest(paths):
    heads = list(dict.fromkeys(p[0] for p in paths))
    return mmap(*((h, paths[(h,)] if (h,) in paths else nest({p[1:]: v for p, v in paths.items() if p[0] == h}))
                  for h in heads))


put("msgpack", "good-scan", tree(
    lm_head__kernel=array((2, 3)),
    model__encoder__embed_tokens__embedding=array((4, 2), "float16"),
    model__encoder__layers__FlaxBartEncoderLayers__LayerNorm_0__bias=array((2, 2), "bfloat16"),
    model__encoder__layers__FlaxBartEncoderLayers__GLU_0__Dense_0__kernel=array((2, 2, 3))))
put("msgpack", "good-unscan", tree(
    model__decoder__layers__FlaxBartDecoderLayer_0__FlaxBartAttention_1__q_proj__kernel=array((2, 2))))
put("msgpack", "good-vqgan", tree(
    decoder__conv_in__kernel=array((1, 1, 2, 3)), decoder__conv_in__bias=array((3,), "float64"),
    decoder__up_0__block_0__norm1__scale=array((3,)), quantize__embedding__embedding=array((4, 2))))
chunks = tree(**{"0": array((4,)), "1": array((2,))})
CHUNKED = "__msgpack_chunked_array__"
put("msgpack", "good-chunked", mmap(("lm_head", mmap(("kernel", mmap(
    (CHUNKED, b"\xc3"), ("shape", mmap(("0", mint(2)), ("1", mint(3)))), ("chunks", chunks)))))))

for label, value in [
        ("list-huge", b"\xdd\xff\x00\x00\x00"),
        ("map-huge", b"\xdf\xff\xff\xff\xff"),
        ("ext-wraps", b"\xc9\xff\xff\xff\xff\x01abc"),
        ("ext-empty", b"\xc7\x00\x01"),
        ("text-long", b"\xdb\xff\xff\xff\xffabc"),
        ("deep-maps", b"\x81\xa1a" * 40 + b"\xc0"),
        ("deep-lists", b"\x91" * 200 + b"\xc0"),
        ("reserved", b"\xc1"),
        ("shape-huge", array((1 << 40, 1 << 40), data=b"abcd")),
        ("shape-wraps", array((1 << 32, 1 << 32), data=b"")),
        ("shape-short", array((3,), data=bytes(8))),
        ("shape-long", array((3,), data=bytes(16))),
        ("shape-negative", ext(1, b"\x93\x91\xffs" + b"\xa7float32\xc4\x00")),
        ("type", array((2,), "float8", data=bytes(2))),
        ("two-parts", array((2,), parts=2)),
        ("complex", ext(2, b"\x93\x90\xa7float32\xc4\x00")),
        ("chunk-missing", mmap(("__msgpack_chunked_array__", b"\xc3"))),
        ("chunk-shape", mmap(("__msgpack_chunked_array__", b"\xc3"), ("shape", mmap(("0", mint(200)))), ("chunks", chunks))),
        ("chunk-sizes", mmap(("__msgpack_chunked_array__", b"\xc3"), ("shape", mmap(("0", mint(6)))),
                             ("chunks", mmap(("0", array((2,))), ("1", array((4,))))))),
        ("chunk-types", mmap(("__msgpack_chunked_array__", b"\xc3"), ("shape", mmap(("0", mint(4)))),
                             ("chunks", mmap(("0", array((2,))), ("1", array((2,), "float16")))))),
        ("truncated", array((3,))[:-2])]:
    put("msgpack", "bad-" + label, mmap(("lm_head", mmap(("kernel", value)))))
put("msgpack", "bad-name", b"\x82" + mstr("a") + array((1,)) + mint(5) + array((1,)))
put("msgpack", "bad-names-twice", b"\x82" + mstr("a") + array((1,)) + mstr("a") + array((1,)))
put("msgpack", "bad-name-empty", b"\x82" + mstr("") + array((1,)) + mstr("decoder/conv_in/kernel") + array((1, 1, 2, 3)))
put("msgpack", "bad-name-empty-below", mmap(("params", b"\x82" + mstr("") + array((1,)) + mstr("decoder") + mmap(("conv_in", mmap(("kernel", array((1, 1, 2, 3)))))))))
put("msgpack", "bad-other-network", tree(params__Dense_0__kernel=array((2, 2))))
put("msgpack", "bad-not-stacked", tree(model__encoder__layers__FlaxBartEncoderLayers__LayerNorm_0__bias=array((2,))))


# ---- GGUF ----------------------------------------------------------------------
def gstr(s):
    b = s.encode()
    return struct.pack("<Q", len(b)) + b


def kv(key, value):
    if isinstance(value, str):
        return gstr(key) + struct.pack("<I", 8) + gstr(value)
    if isinstance(value, float):
        return gstr(key) + struct.pack("<If", 6, value)
    if isinstance(value, list):
        if isinstance(value[0], str):
            return gstr(key) + struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(gstr, value))
        return gstr(key) + struct.pack("<IIQ", 9, 4, len(value)) + b"".join(struct.pack("<I", v) for v in value)
    return gstr(key) + struct.pack("<II", 4, value)


def gguf(pairs, tensors, alignment=32):
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)) + b"".join(kv(k, v) for k, v in pairs)
    offset, data = 0, b""
    for name, shape, kind in tensors:
        n = {0: 4, 1: 2, 24: 1, 30: 2}[kind]
        for s in shape:
            n *= s
        out += gstr(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", s) for s in reversed(shape))
        out += struct.pack("<IQ", kind, offset)
        data += bytes(i * 7 & 255 for i in range(n)) + bytes(-n % alignment)
        offset = len(data)
    return out + bytes(-len(out) % alignment) + data


def conv(name, o, i, k):
    return [(name + ".weight", (o, i, k, k), 1), (name + ".bias", (o,), 0)]


def norm(name, n):
    return [(name + ".weight", (n,), 0), (name + ".bias", (n,), 0)]


def res(name, i, o):
    return (norm(name + "norm1", i) + conv(name + "conv1", o, i, 3) + norm(name + "norm2", o) + conv(name + "conv2", o, o, 3)
            + (conv(name + "nin_shortcut", o, i, 1) if i != o else []))


def attn(name, n):
    return norm(name + "norm", n) + sum((conv(name + p, n, n, 1) for p in ("q", "k", "v", "proj_out")), [])


vq_keys = [("vqgan.channels", 1), ("vqgan.res_block_count", 1), ("vqgan.resolution", 2), ("vqgan.z_channels", 1),
           ("vqgan.embedding_length", 1), ("vqgan.codebook_size", 4), ("vqgan.group_count", 1),
           ("vqgan.group_norm_epsilon", 1e-6), ("vqgan.channel_multipliers", [1, 2]), ("vqgan.attention_resolutions", [1])]
vq = ([("vqgan.embedding.weight", (4, 1), 1)] + conv("vqgan.post_quant_conv", 1, 1, 1) + conv("vqgan.decoder.conv_in", 2, 1, 3)
      + res("vqgan.decoder.mid.block_1.", 2, 2) + attn("vqgan.decoder.mid.attn_1.", 2) + res("vqgan.decoder.mid.block_2.", 2, 2)
      + res("vqgan.decoder.up.1.block.0.", 2, 2) + attn("vqgan.decoder.up.1.attn.0.", 2)
      + res("vqgan.decoder.up.1.block.1.", 2, 2) + attn("vqgan.decoder.up.1.attn.1.", 2)
      + conv("vqgan.decoder.up.1.upsample.conv", 2, 2, 3)
      + res("vqgan.decoder.up.0.block.0.", 2, 1) + res("vqgan.decoder.up.0.block.1.", 1, 1)
      + norm("vqgan.decoder.norm_out", 1) + conv("vqgan.decoder.conv_out", 3, 1, 3))
general = [("general.architecture", "dallebart"), ("general.name", "small")]
tokenizer = [("tokenizer.ggml.tokens", ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "a", "b", "ab", "\u0120"]),
             ("tokenizer.ggml.merges", ["a b"])]


def bart(side, rows, length, d=8, f=8):
    out = [(side + ".embed_tokens.weight", (rows, d), 1), (side + ".embed_positions.weight", (length, d), 0)]
    out += norm(side + ".layernorm_embedding", d)
    p = side + ".layers.0."
    for a in ["self_attn"] + (["encoder_attn"] if side == "decoder" else []):
        out += [(p + "pre_%s_layer_norm.bias" % a, (d,), 0)]
        out += [(p + "%s.%s_proj.weight" % (a, m), (d, d), 1) for m in ("q", "k", "v", "out")]
        out += norm(p + a + "_layer_norm", d)
    out += [(p + "glu.ln0.bias", (d,), 0), (p + "glu.fc0.weight", (f, d), 30), (p + "glu.fc1.weight", (f, d), 0),
            (p + "glu.ln1.bias", (f,), 0), (p + "glu.fc2.weight", (1, 16, 16, 4), 24), (p + "glu.fc2.scale", (16,), 0),
            (side + ".final_ln.bias", (d,), 0)]
    return out + ([(side + ".lm_head.weight", (rows, d), 1)] if side == "decoder" else [])


text_keys = [("dallebart." + k, v) for k, v in [
    ("embedding_length", 8), ("vocab_size", 9), ("context_length", 4), ("image_vocab_size", 4), ("image_rows", 5),
    ("image_length", 4), ("start_token", 4), ("encoder.block_count", 1), ("encoder.attention.head_count", 2),
    ("encoder.feed_forward_length", 8), ("decoder.block_count", 1), ("decoder.attention.head_count", 2),
    ("decoder.feed_forward_length", 8), ("attention.layer_norm_epsilon", 1e-5), ("normalizer", "dalle-mini"),
    ("sampling.top_k", 3)]]
put("gguf", "good-vqgan", gguf(general + vq_keys, vq))
put("gguf", "good-text", gguf(general + text_keys + tokenizer, bart("encoder", 9, 4) + bart("decoder", 5, 4)))
put("gguf", "good-tokenizer", gguf(general + tokenizer, []))
put("gguf", "bad-architecture", gguf([("general.architecture", "llama")] + tokenizer, []))
put("gguf", "bad-nothing", gguf(general, []))
put("gguf", "bad-no-sizes", gguf(general, vq))
put("gguf", "bad-missing-tensor", gguf(general + vq_keys, vq[:-1]))
put("gguf", "bad-shape", gguf(general + vq_keys, [("vqgan.embedding.weight", (5, 1), 1)] + vq[1:]))
put("gguf", "bad-type", gguf(general + vq_keys, vq[:-1] + [("vqgan.decoder.conv_out.bias", (3,), 1)]))
put("gguf", "bad-huge-sizes", gguf(general + vq_keys[:-2] + [("vqgan.channel_multipliers", [1 << 31, 2]), vq_keys[-1]], vq))
put("gguf", "bad-layers", gguf(general + [(k, 1 << 30 if k.endswith("block_count") else v) for k, v in text_keys],
                               bart("encoder", 9, 4) + bart("decoder", 5, 4)))
put("gguf", "bad-token-number", gguf(general + [("tokenizer.ggml.tokens", ["<0x-1>"]), ("tokenizer.ggml.merges", ["<0x-1>"])], []))
whole = gguf(general + tokenizer, [("a", (4, 4), 0)])
put("gguf", "bad-truncated", whole[:-8])

# ---- small files ---------------------------------------------------------------
put("settings", "good-text", b'{"model_type": "dallebart", "d_model": 64, "encoder_layers": 2, "decoder_start_token_id": 3,'
                             b' "limn_sampling": {"top_k": 5, "guidance": 2.5, "temperature": 1}}')
put("settings", "good-vqgan", b'{"ch": 32, "ch_mult": [1, 2], "num_res_blocks": 1, "attn_resolutions": [16], "resolution": 256,'
                              b' "z_channels": 32, "embed_dim": 32, "n_embed": 64, "double_z": false}')
put("settings", "good-vocabulary", '{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "\u0120": 7}'.encode())
put("settings", "good-tokenizer", b'{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b", ["a", "b"]]}}')
put("settings", "good-merges", "#version: 0.2\n\u0120 t\n\u0120t h\n".encode())
put("settings", "odd-list", b"[" * 20000)
put("settings", "bad-deep-object", b'{"a":' * 2000)
put("settings", "bad-deep-behind-comment", b'{ /* " */ "a": ' + b"[" * 2000 + b"]" * 2000 + b"}")
put("settings", "bad-deep-behind-quote", b"{ 'b\"': 1, \"a\": " + b"[" * 2000 + b"]" * 2000 + b"}")
put("settings", "bad-number", b'{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4000000000}')
put("settings", "bad-twice", b'{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 3}')
put("settings", "bad-text", b'{"d_model": 1e400}')
put("settings", "bad-bytes", b"\xff\xfe\x00 not text")
