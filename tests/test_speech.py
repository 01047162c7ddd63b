"""From spoken words to sound: phonemes, files, cache, voices, and the one speech process."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_tone3

from speech import Audio, SpeechOptions, SpeechProcess, SpeechRequest
from speech.audio import (
    SAMPLE_RATE,
    Sound,
    decode,
    duration,
    encode,
    joined,
    levelled,
    silence,
    stretched,
    trimmed,
)
from speech.breaker import CircuitBreaker
from speech.cache import AudioCache, CacheEntry
from speech.errors import (
    DeadlinePassed,
    UnreadableAudio,
    UnspeakableText,
    VoiceNotInstalled,
    VoiceTimedOut,
    VoiceUnavailable,
)
from speech.gtts_voice import GoogleVoice
from speech.kokoro import MOST_TOKENS, KokoroVoice
from speech.phonemes import letter_phonemes, syllable_phonemes
from speech.pronunciation import Pronouncer
from speech.request import file_key
from speech.segments import LONGEST
from speech.synthesizer import Synthesizer

PRIVATE = "王奶奶的身份证号是310115194912310025。"


def a_tone(seconds: float = 1.0, *, loudness: float = 0.3) -> Sound:
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return Sound(samples=(np.sin(times * 2 * np.pi * 440) * loudness * 32767).astype(np.int16))


class FakeVoice:
    """Says each sentence as a tone, or fails the way it is told."""

    def __init__(self, name="kokoro", *, is_remote=False, fails=None):
        self.name = name
        self.is_remote = is_remote
        self.fails = fails
        self.said: list[str] = []

    def synthesize(self, sentence, speaker):
        self.said.append(sentence)
        if self.fails:
            raise self.fails
        return joined([silence(0.4), a_tone(), silence(1.0)])


def energy(sound: Sound) -> float:
    return float(np.sqrt((sound.samples.astype(np.float64) ** 2).mean()))


def files_in(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


# --- phonemes and readings


def test_every_pinyin_syllable_has_phonemes_the_model_knows():
    vocabulary = KokoroVoice()._vocabulary
    spelled = {syllable for line in PINYIN_DICT.values() for syllable in line.split(",")}

    for syllable in spelled:
        toned = to_tone3(syllable, v_to_u=False, neutral_tone_with_five=True)
        phonemes = syllable_phonemes(toned)
        assert phonemes, syllable
        assert all(char in vocabulary for char in phonemes), syllable
        assert len(phonemes) + 1 <= MOST_TOKENS / LONGEST, syllable


def test_every_letter_has_a_name():
    vocabulary = KokoroVoice()._vocabulary

    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        name = letter_phonemes(letter)
        assert name, letter
        assert all(char in vocabulary for char in name)
        assert len(name) + 2 <= 2 * MOST_TOKENS / LONGEST


def test_what_is_no_syllable_is_refused():
    with pytest.raises(UnspeakableText):
        syllable_phonemes("xyz9")


@pytest.fixture(scope="module")
def pronouncer():
    return Pronouncer()


PLACES = {
    "潍坊新村街道": "wei2 fang1 xin1 cun1 jie1 dao4",
    "陆家嘴街道": "lu4 jia1 zui3 jie1 dao4",
    "周家渡街道": "zhou1 jia1 du4 jie1 dao4",
    "塘桥街道": "tang2 qiao2 jie1 dao4",
    "上钢新村街道": "shang4 gang1 xin1 cun1 jie1 dao4",
    "南码头路街道": "nan2 ma3 tou2 lu4 jie1 dao4",
    "沪东新村街道": "hu4 dong1 xin1 cun1 jie1 dao4",
    "金杨新村街道": "jin1 yang2 xin1 cun1 jie1 dao4",
    "洋泾街道": "yang2 jing1 jie1 dao4",
    "浦兴路街道": "pu3 xing1 lu4 jie1 dao4",
    "东明路街道": "dong1 ming2 lu4 jie1 dao4",
    "花木街道": "hua1 mu4 jie1 dao4",
    "川沙新镇": "chuan1 sha1 xin1 zhen4",
    "高桥镇": "gao1 qiao2 zhen4",
    "北蔡镇": "bei3 cai4 zhen4",
    "合庆镇": "he2 qing4 zhen4",
    "唐镇": "tang2 zhen4",
    "曹路镇": "cao2 lu4 zhen4",
    "金桥镇": "jin1 qiao2 zhen4",
    "高行镇": "gao1 hang2 zhen4",
    "高东镇": "gao1 dong1 zhen4",
    "张江镇": "zhang1 jiang1 zhen4",
    "三林镇": "san1 lin2 zhen4",
    "惠南镇": "hui4 nan2 zhen4",
    "周浦镇": "zhou1 pu3 zhen4",
    "新场镇": "xin1 chang3 zhen4",
    "大团镇": "da4 tuan2 zhen4",
    "康桥镇": "kang1 qiao2 zhen4",
    "航头镇": "hang2 tou2 zhen4",
    "祝桥镇": "zhu4 qiao2 zhen4",
    "泥城镇": "ni2 cheng2 zhen4",
    "宣桥镇": "xuan1 qiao2 zhen4",
    "书院镇": "shu1 yuan4 zhen4",
    "万祥镇": "wan4 xiang2 zhen4",
    "老港镇": "lao3 gang3 zhen4",
    "南汇新城镇": "nan2 hui4 xin1 cheng2 zhen4",
    "黄浦区": "huang2 pu3 qu1",
    "徐汇区": "xu2 hui4 qu1",
    "长宁区": "chang2 ning2 qu1",
    "静安区": "jing4 an1 qu1",
    "普陀区": "pu3 tuo2 qu1",
    "虹口区": "hong2 kou3 qu1",
    "杨浦区": "yang2 pu3 qu1",
    "闵行区": "min3 hang2 qu1",
    "宝山区": "bao3 shan1 qu1",
    "嘉定区": "jia1 ding4 qu1",
    "浦东新区": "pu3 dong1 xin1 qu1",
    "金山区": "jin1 shan1 qu1",
    "松江区": "song1 jiang1 qu1",
    "青浦区": "qing1 pu3 qu1",
    "奉贤区": "feng4 xian2 qu1",
    "崇明区": "chong2 ming2 qu1",
    "芦潮港": "lu2 chao2 gang3",
    "临港": "lin2 gang3",
    "长清路": "chang2 qing1 lu4",
    "莘庄": "xin1 zhuang1",
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_is_read_the_way_it_is_called(pronouncer, name):
    assert " ".join(pronouncer.readings(f"你住{name}吗")[2:-1]) == PLACES[name]


@pytest.mark.parametrize(
    ("words", "reading"),
    [
        ("长护险", "chang2 hu4 xian3"),
        ("最长三年", "zui4 chang2 san1 nian2"),
        ("重残", "zhong4 can2"),
        ("重新办", "chong2 xin1 ban4"),
        ("以窗口为准", "yi3 chuang1 kou3 wei2 zhun3"),
        ("时限为十天", "shi2 xian4 wei2 shi2 tian1"),
        ("为您", "wei4 nin2"),
        ("幺二三八五", "yao1 er4 san1 ba1 wu3"),
        ("不办", "bu2 ban4"),
        ("一张照片", "yi4 zhang1 zhao4 pian1"),
        ("一份", "yi2 fen4"),
        ("第一张", "di4 yi1 zhang1"),
        ("一级", "yi1 ji2"),
    ],
)
def test_words_with_several_readings(pronouncer, words, reading):
    assert " ".join(pronouncer.readings(words)) == reading


def test_letters_are_named_and_arrows_are_not_taken_for_tones(pronouncer):
    assert pronouncer.phonemes("X") == letter_phonemes("X")
    assert pronouncer.phonemes("→") == ""


# --- audio


@pytest.mark.parametrize("audio_format", ["ogg", "mp3"])
def test_a_sound_survives_encoding(audio_format):
    sound = a_tone(2.0)

    data = encode(sound, audio_format)
    heard = decode(data)

    assert data.startswith(b"OggS") == (audio_format == "ogg")
    assert heard.seconds == pytest.approx(2.0, abs=0.1)
    assert energy(heard) == pytest.approx(energy(sound), rel=0.1)
    assert duration(data) == heard.seconds


@pytest.mark.parametrize("garbage", [b"", b"no sound", b"OggS" + bytes(100)])
def test_garbage_is_no_audio(garbage):
    with pytest.raises(UnreadableAudio):
        decode(garbage)


@pytest.mark.parametrize("rate", [0.7, 1.3, 2.5])
def test_stretching_changes_the_time_and_not_the_pitch(rate):
    quick = stretched(a_tone(2.0), rate)
    spectrum = np.abs(np.fft.rfft(quick.samples))
    pitch = np.argmax(spectrum) * SAMPLE_RATE / len(quick.samples)

    assert quick.seconds == pytest.approx(2.0 / rate, abs=0.1)
    assert pitch == pytest.approx(440, abs=5)


def test_silence_at_the_ends_is_cut_and_quiet_speech_made_louder():
    sound = joined([silence(0.4), a_tone(1.0, loudness=0.05), silence(1.0)])

    assert trimmed(sound).seconds == pytest.approx(1.1, abs=0.05)
    assert energy(levelled(trimmed(sound))) == pytest.approx(4500, rel=0.1)
    assert np.abs(levelled(a_tone(loudness=1.0)).samples).max() <= 32767


def test_silence_alone_stays_what_it_is():
    assert levelled(trimmed(silence(0.5))).seconds == 0.5


# --- the cache, and the breaker that gives a failing voice a rest


def test_a_hit_returns_the_same_bytes(tmp_path):
    cache = AudioCache(tmp_path)
    cache.put("abcd", CacheEntry(data=b"sound\nwith a line", seconds=1.5))

    assert cache.get("abcd") == CacheEntry(data=b"sound\nwith a line", seconds=1.5)
    assert cache.has("abcd")
    assert cache.get("abce") is None


@pytest.mark.parametrize("broken", [b"", b"{", b'{"bytes": 9, "seconds": 1}\nshort', b"[]\nx"])
def test_a_broken_file_is_a_miss_and_goes(tmp_path, broken):
    cache = AudioCache(tmp_path)
    cache.put("abcd", CacheEntry(data=b"sound", seconds=1.0))
    (file,) = files_in(tmp_path)
    file.write_bytes(broken)

    assert cache.get("abcd") is None
    assert not files_in(tmp_path)


def test_the_least_recently_used_goes_first(tmp_path):
    cache = AudioCache(tmp_path, most_bytes=3500)
    for age, key in enumerate(["aa1", "bb2", "cc3"]):
        cache.put(key, CacheEntry(data=bytes(1000), seconds=1.0))
        os.utime(tmp_path / key[:2] / key, ns=(age, age))
    cache.get("aa1")
    cache.put("dd4", CacheEntry(data=bytes(1000), seconds=1.0))

    assert [cache.has(key) for key in ("aa1", "bb2", "cc3", "dd4")] == [True, False, True, True]


def test_a_disk_that_refuses_loses_only_the_entry(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = AudioCache(tmp_path / "file")

    cache.put("abcd", CacheEntry(data=b"sound", seconds=1.0))

    assert cache.get("abcd") is None


def test_three_failures_open_the_breaker_for_a_minute():
    now = [0.0]
    breaker = CircuitBreaker(clock=lambda: now[0])
    for _ in range(2):
        breaker.failed()
    assert not breaker.is_open

    breaker.failed()
    assert breaker.is_open

    now[0] = 61.0
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open


# --- synthesizer


def test_a_text_becomes_a_file_and_the_second_time_comes_from_the_cache(tmp_path):
    voice = FakeVoice()
    synthesizer = Synthesizer([voice], cache=AudioCache(tmp_path))
    request = SpeechRequest(text="请打12345。谢谢。")

    first = synthesizer.say(request)
    second = synthesizer.say(request)

    assert voice.said == ["请打幺二三四五。", "谢谢。"]
    assert first.media_type == "audio/ogg"
    assert first.engine == "kokoro"
    assert not first.cached
    assert second.cached
    assert second.data == first.data
    assert second.seconds == first.seconds
    assert duration(first.data) == pytest.approx(first.seconds, abs=0.1)


def test_another_rate_or_format_reuses_the_sentences(tmp_path):
    voice = FakeVoice()
    synthesizer = Synthesizer([voice], cache=AudioCache(tmp_path))
    slow = synthesizer.say(SpeechRequest(text="谢谢。"))
    quick = synthesizer.say(SpeechRequest(text="谢谢。", rate=2.0, audio_format="mp3"))

    assert voice.said == ["谢谢。"]
    assert quick.seconds == pytest.approx(slow.seconds / 2, rel=0.1)
    assert quick.media_type == "audio/mpeg"


def test_dictated_numbers_are_never_said_fast():
    plain, number = (
        SpeechRequest(text="谢谢你来。", rate=2.0),
        SpeechRequest(text="1234-5678", rate=2.0),
    )
    synthesizer = Synthesizer([FakeVoice()])

    assert synthesizer.say(number).seconds > 1.4 * synthesizer.say(plain).seconds


@pytest.mark.parametrize(
    "request_", [SpeechRequest(text="王奶奶您好。", private=True), SpeechRequest(text=PRIVATE)]
)
def test_private_text_is_never_kept_and_never_leaves(tmp_path, request_):
    cloud, local = FakeVoice("gtts", is_remote=True), FakeVoice()
    synthesizer = Synthesizer([cloud, local], cache=AudioCache(tmp_path))

    audio = synthesizer.say(request_)

    assert audio.engine == "kokoro"
    assert cloud.said == []
    assert files_in(tmp_path) == []
    assert not synthesizer.prerender(request_)
    assert files_in(tmp_path) == []


def test_the_next_voice_speaks_when_one_fails_and_the_failing_one_is_left_alone():
    cloud = FakeVoice("gtts", is_remote=True, fails=VoiceTimedOut("slow"))
    synthesizer = Synthesizer([cloud, FakeVoice()])

    engines = [synthesizer.say(SpeechRequest(text=f"第{n}次。")).engine for n in range(5)]

    assert engines == ["kokoro"] * 5
    assert len(cloud.said) == 3


@pytest.mark.parametrize("failure", [VoiceNotInstalled("x"), VoiceUnavailable("x")])
def test_no_voice_means_text_only(failure):
    assert Synthesizer([FakeVoice(fails=failure)]).say(SpeechRequest(text="你好。")) is None
    assert Synthesizer([]).say(SpeechRequest(text="你好。")) is None
    assert Synthesizer([FakeVoice()]).say(SpeechRequest(text="……")) is None


def test_after_the_deadline_no_further_sentence_is_begun():
    voice = FakeVoice()

    with pytest.raises(DeadlinePassed):
        Synthesizer([voice]).say(SpeechRequest(text="你好。"), deadline=time.monotonic() - 1)
    assert voice.said == []


def test_rendering_ahead_goes_one_sentence_at_a_time(tmp_path):
    voice = FakeVoice()
    synthesizer = Synthesizer([voice], cache=AudioCache(tmp_path))
    request = SpeechRequest(text="一句。两句。")

    assert [synthesizer.prerender(request) for _ in range(4)] == [True, True, False, False]
    assert len(voice.said) == 2
    assert synthesizer.say(request).cached


def test_every_part_of_a_request_is_in_its_key():
    request = SpeechRequest(text="")
    keys = {
        file_key(("你好。",), "kokoro", request),
        file_key(("您好。",), "kokoro", request),
        file_key(("你好。",), "gtts", request),
        file_key(("你好。",), "kokoro", SpeechRequest(text="", voice="yunxi")),
        file_key(("你好。",), "kokoro", SpeechRequest(text="", rate=1.3)),
        file_key(("你好。",), "kokoro", SpeechRequest(text="", audio_format="mp3")),
    }

    assert len(keys) == 6


# --- gTTS against servers that are not there


@pytest.fixture
def silent_server(monkeypatch):
    """Accepts connections and never answers; gTTS is led to it as a proxy."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield server


def test_a_silent_cloud_times_out_and_the_offline_voice_speaks(silent_server):
    cloud = GoogleVoice(timeouts=(0.5, 0.5))
    synthesizer = Synthesizer([cloud, FakeVoice()])
    begun = time.monotonic()

    with pytest.raises(VoiceTimedOut):
        cloud.synthesize("你好。", "xiaobei")
    audio = synthesizer.say(SpeechRequest(text="你好。"))

    assert audio.engine == "kokoro"
    assert time.monotonic() - begun < 5


def test_a_cloud_that_refuses_is_unavailable(silent_server):
    silent_server.close()

    with pytest.raises(VoiceUnavailable):
        GoogleVoice(timeouts=(0.5, 0.5)).synthesize("你好。", "xiaobei")
    with pytest.raises(UnspeakableText):
        GoogleVoice().synthesize("……", "xiaobei")


# --- the speech process


WORKER = """
import os, sys, time
import numpy as np
from speech.audio import SAMPLE_RATE, Sound
from speech.cache import AudioCache
from speech.frames import read_frame
from speech.options import SpeechOptions
from speech.synthesizer import Synthesizer
from speech.worker import serve

class ToneVoice:
    name, is_remote = "kokoro", False
    def synthesize(self, sentence, speaker):
        if "慢" in sentence:
            time.sleep(1.0)
        if "死" in sentence:
            os._exit(1)
        if "坏" in sentence:
            raise RuntimeError("broken")
        return Sound(samples=np.full(SAMPLE_RATE, 3000, dtype=np.int16))

options = SpeechOptions.from_json(read_frame(sys.stdin.buffer)[0])
cache = AudioCache(options.cache_directory / "sound")
serve(Synthesizer([ToneVoice()], cache=cache), sys.stdin.buffer, sys.stdout.buffer)
"""


@pytest.fixture
def speech(tmp_path):
    """A speech process whose voice is a tone; 慢 takes a second, 死 ends the process."""
    script = tmp_path / "worker.py"
    script.write_text(textwrap.dedent(WORKER), encoding="utf-8")
    options = SpeechOptions(
        cache_directory=tmp_path / "speech", deadline_seconds=8, queue_length=2, idle_seconds=0.2
    )
    process = SpeechProcess(options, command=(sys.executable, str(script)))
    yield process
    process.close()


async def until(condition, *, seconds=8.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:  # noqa: ASYNC110  (another process)
        await asyncio.sleep(0.02)
    assert condition()


async def test_the_process_starts_with_the_first_text_and_finds_the_second_without_it(speech):
    assert not speech.health().running

    first = await speech.say("你好。")
    os.kill(speech.health().pid, signal.SIGKILL)
    second = await speech.say("你好。")

    assert isinstance(first, Audio)
    assert second.cached
    assert second.data == first.data
    assert speech.health().starts == 1


def test_the_voice_keeps_no_record_for_its_maker(tmp_path):
    """onnxruntime makes a device id in the home folder and calls its maker, unless it is told not to."""
    load = "from speech.kokoro import KokoroVoice; KokoroVoice()._session"
    env = {
        k: v for k, v in os.environ.items() if k not in ("XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY")
    }
    subprocess.run(
        [sys.executable, "-c", load], check=True, env={**env, "HOME": str(tmp_path)}, timeout=120
    )

    assert list(tmp_path.rglob("*")) == []


async def test_a_process_killed_in_the_middle_is_started_again(speech):
    saying = asyncio.create_task(speech.say("慢慢说。", private=True))
    await until(lambda: speech.health().running)
    await asyncio.sleep(0.7)
    os.kill(speech.health().pid, signal.SIGKILL)

    assert await saying is not None
    assert await speech.say("你好。") is not None
    assert speech.health().starts == 2


async def test_a_text_that_kills_the_process_is_given_up_after_two_tries(speech):
    assert await speech.say("死。") is None
    assert await speech.say("你好。") is not None
    assert speech.health().failures == 1


async def test_an_error_in_a_voice_is_silence(speech):
    assert await speech.say("坏。") is None
    assert await speech.say("你好。") is not None
    assert speech.health().starts == 1


async def test_the_event_loop_goes_on_while_a_text_is_spoken(speech):
    saying = asyncio.create_task(speech.say("慢慢说。"))
    longest, before = 0.0, time.monotonic()
    while not saying.done():
        await asyncio.sleep(0.01)
        now = time.monotonic()
        longest, before = max(longest, now - before), now

    assert saying.result() is not None
    assert longest < 0.3


async def test_a_full_queue_answers_in_text_at_once(speech):
    texts = [f"慢慢说{word}。" for word in "甲乙丙丁戊己"]
    results = await asyncio.gather(*(speech.say(text) for text in texts))

    assert 2 <= sum(result is not None for result in results) <= 3


async def test_a_text_past_its_deadline_is_given_up_and_the_next_one_spoken(speech, tmp_path):
    hasty = SpeechProcess(
        SpeechOptions(cache_directory=tmp_path / "speech", deadline_seconds=0.05),
        command=speech._child._command,
    )
    begun = time.monotonic()

    assert await hasty.say("慢慢说。") is None
    assert time.monotonic() - begun < 1

    hasty.close()
    assert await speech.say("你好。") is not None


async def test_fixed_texts_are_rendered_ahead_when_nobody_waits(speech):
    speech.prerender(["甲。乙。", "丙。"])
    await until(lambda: speech._find(SpeechRequest(text="丙。")) is not None)

    audio = await speech.say("甲。乙。")

    assert audio.cached
    assert speech.health().to_prerender == 0


async def test_private_text_leaves_no_file(speech, tmp_path):
    assert (await speech.say(PRIVATE)) is not None
    assert (await speech.say("王奶奶您好。", private=True)) is not None
    assert files_in(tmp_path / "speech") == []


def test_any_thread_with_an_event_loop_of_its_own_may_speak(speech):
    heard: list[Audio | None] = []
    threads = [
        threading.Thread(target=lambda word=word: heard.append(asyncio.run(speech.say(word))))
        for word in ("甲。", "乙。")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(heard) == 2
    assert None not in heard


async def test_closing_ends_the_process_and_whoever_waits(speech):
    saying = asyncio.create_task(speech.say("慢慢说。"))
    await until(lambda: speech.health().running)
    pid = speech.health().pid
    speech.close()

    assert await saying is None
    assert await speech.say("你好。") is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_the_process_does_not_outlive_its_parent(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            """
            import asyncio, sys, threading
            from speech import SpeechOptions, SpeechProcess
            speech = SpeechProcess(SpeechOptions())
            threading.Thread(target=lambda: asyncio.run(speech.say("这一句话很长，" * 40))).start()
            while not speech.health().running: pass
            print(speech.health().pid, flush=True)
            """
        ),
        encoding="utf-8",
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()

    await until(lambda: not _alive(child))


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_the_conversation_loads_no_voice_by_importing_the_room():
    heavy = "{'numpy', 'av', 'jieba', 'pypinyin', 'onnxruntime', 'gtts'}"
    code = f"import sys, speech; sys.exit(bool({heavy} & set(sys.modules)))"

    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, check=True)


async def test_without_its_packages_the_room_is_silent(tmp_path):
    options = SpeechOptions(model_file=tmp_path / "missing.onnx", deadline_seconds=20)
    process = SpeechProcess(options)

    assert await process.say("你好。") is None

    process.close()


def test_a_model_that_is_not_the_pinned_one_is_refused(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"something else")

    with pytest.raises(VoiceNotInstalled):
        KokoroVoice(model_file=tmp_path / "model.onnx").synthesize("你好。", "xiaobei")


async def test_kokoro_speaks_a_sentence(tmp_path):
    process = SpeechProcess(SpeechOptions(cache_directory=tmp_path))

    woman = await process.say("您的申请已提交。")
    man = await process.say("您的申请已提交。", voice="yunxi")
    process.close()

    for audio in (woman, man):
        assert audio.engine == "kokoro"
        assert audio.data.startswith(b"OggS")
        assert 1.2 < audio.seconds < 3.5
        assert energy(decode(audio.data)) > 1500
    assert woman.data != man.data
