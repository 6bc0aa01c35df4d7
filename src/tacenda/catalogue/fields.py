"""The fields that a catalogue row may have, and the names under which labels and publishers know them.

Names are compared after `name_key`: case, accents, punctuation and spacing do not matter. They were gathered from
the exports that a label meets: distributors, societies, spreadsheets in English, German, French, Spanish, Italian,
Portuguese, Dutch and Swedish.
"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tacenda.core.identifiers import Scheme


class Field(StrEnum):
    """A field of a row. The values are the words of ``--map`` and of a saved map."""

    TITLE = "title"
    VERSION = "version"
    ARTIST = "artist"
    ISRC = "isrc"
    ISWC = "iswc"
    UPC = "upc"
    IPI = "ipi"
    DURATION = "duration"
    RELEASE_DATE = "release_date"
    LABEL = "label"
    WRITERS = "writers"
    PUBLISHERS = "publishers"
    LYRICS = "lyrics"
    AUDIO_PATH = "audio_path"
    YOUTUBE = "youtube"
    SPOTIFY = "spotify"
    MBID = "mbid"
    DALI = "dali"
    MSD = "msd"


SCHEME_OF: Final[Mapping[Field, Scheme]] = {
    Field.ISRC: Scheme.ISRC,
    Field.ISWC: Scheme.ISWC,
    Field.UPC: Scheme.GTIN,
    Field.YOUTUBE: Scheme.YOUTUBE,
    Field.SPOTIFY: Scheme.SPOTIFY,
    Field.MBID: Scheme.MBID,
    Field.DALI: Scheme.DALI,
    Field.MSD: Scheme.MSD,
}

# Each list runs from the surest name to the weakest: of two columns that both fit, the earlier name wins.
SYNONYMS: Final[Mapping[Field, str]] = {
    Field.TITLE: """title, track title, song title, recording title, work title, track name, song name, track,
        song, name of track, titel, songtitel, tracktitel, werktitel, titre, titre de la chanson,
        titre de l oeuvre, titulo, titulo de la cancion, titulo da musica, cancion, musica, titolo,
        titolo brano, brano, lat, lattitel, liedtitel, asset title, name, chanson, morceau""",
    Field.VERSION: """version, track version, version title, mix version, mix name, subtitle, title version,
        recording version, remix, versionstitel, untertitel, sous titre, subtitulo, versione""",
    Field.ARTIST: """artist, track artist, artist name, main artist, primary artist, display artist, artists,
        artist names, artist s, track artists, all artists, performer, performers, performed by,
        band, interpret, kunstler, kuenstler, kunstlername, hauptkunstler, artiste, artistes,
        interprete, artista, artista principal, interpretes, artiest, uitvoerende, artista
        principale, artister, esecutore, album artist, artists name, recording artist, act, singer""",
    Field.ISRC: """isrc, isrc code, isrc codes, track isrc, isrc number, recording isrc, code isrc, codigo isrc,
        codice isrc, isrc nummer, isrc s, sound recording isrc, isrcs""",
    Field.ISWC: """iswc, iswc code, work iswc, code iswc, codigo iswc, codice iswc, iswc number, iswc s, t code,
        iswcs""",
    Field.UPC: """upc, ean, barcode, upc ean, ean upc, gtin, upc code, ean code, release upc, album upc, product
        upc, upc number, icpn, code barres, codigo de barras, codice a barre, strichcode, streckkod,
        bar code""",
    Field.IPI: """ipi, ipi name number, ipi number, ipi name no, ipi nr, writer ipi, publisher ipi, ipi numbers,
        composer ipi, cae, cae ipi, ipi cae, cae number, ipi nummer, numero ipi, ipi no, ipi name
        numbers""",
    Field.DURATION: """duration, duration ms, track duration, length, track length, duration seconds, duration
        sec, running time, playing time, runtime, time, length ms, milliseconds, dauer, laenge,
        lange, spieldauer, duree, duracion, duracao, durata, speelduur, duur, speltid, track time""",
    Field.RELEASE_DATE: """release date, original release date, track release date, date of release, first
        release, street date, released, release year, year, date, album release date,
        veroffentlichung, veroffentlichungsdatum, erscheinungsdatum, erscheinungsjahr, date
        de sortie, sortie, fecha de lanzamiento, fecha, data de lancamento, data di uscita,
        data di pubblicazione, releasedatum, verschijningsdatum, utgivningsdatum, jahr,
        annee, ano, anno""",
    Field.LABEL: """label, record label, label name, imprint, labels, sello, sello discografico, etichetta,
        etichetta discografica, selo, gravadora, skivbolag, plattenlabel, maison de disques,
        platenlabel""",
    Field.WRITERS: """writers, writer, composers, composer, songwriter, songwriters, writer s, composer s,
        authors, author, written by, composer lyricist, credits, komponist, komponisten, urheber,
        autor, autoren, autores, compositor, compositores, compositeur, compositeurs, auteur,
        auteurs, auteur compositeur, autori, autore, compositori, compositore, schrijver,
        componist, kompositor, upphovsman, lyricist""",
    Field.PUBLISHERS: """publishers, publisher, publisher s, music publisher, original publisher, publishing,
        verlag, musikverlag, verlage, editeur, editeurs, editorial, editora, editoras, editore,
        editori, uitgever, forlag""",
    Field.LYRICS: """lyrics, lyric, words, text, songtext, liedtext, paroles, letra, letras, testo, songtekst,
        latttext, lyrics text, full lyrics""",
    Field.AUDIO_PATH: """audio path, audio file, audio, file, filename, file name, file path, path, audio
        filename, wav, wav file, sound file, datei, dateiname, fichier, archivo, arquivo,
        bestand""",
    Field.YOUTUBE: """youtube id, youtube, youtube url, youtube link, youtube video, youtube video id, video id,
        yt id, ytid, yt, youtube ids, youtube urls""",
    Field.SPOTIFY: """spotify id, spotify track id, spotify uri, spotify track uri, spotify url, spotify link,
        spotify, track uri, track id, uri, spotify ids""",
    Field.MBID: """mbid, musicbrainz id, musicbrainz recording id, recording mbid, track mbid, musicbrainz track
        id, musicbrainz, mb recording id, recording id, mbids""",
    Field.DALI: "dali id, dali",
    Field.MSD: "msd id, msd track id, msd, msd song id, million song dataset id",
}


def name_key(name: str) -> str:
    """A header name without case, accents, punctuation and spacing that mean nothing.

    >>> name_key("Künstler_Name (s)")
    'kunstler name s'
    """
    spaced = "".join(
        " " + letter if letter.isupper() and before.islower() else letter
        for before, letter in zip(" " + name, name, strict=False)
    )
    plain = unicodedata.normalize("NFKD", spaced).casefold()
    letters = "".join(
        letter if letter.isalnum() else "" if unicodedata.combining(letter) else " " for letter in plain
    )
    return " ".join(letters.split())


def _known() -> dict[str, tuple[Field, int]]:
    known: dict[str, tuple[Field, int]] = {}
    for field, names in SYNONYMS.items():
        for rank, name in enumerate(" ".join(names.split()).split(", ")):
            known.setdefault(name, (field, rank))
            known.setdefault(name.replace(" ", ""), (field, rank))
    return known


KNOWN_NAMES: Final[Mapping[str, tuple[Field, int]]] = _known()
"""Field and rank (0 is surest) of each known name, after `name_key`."""
