"""Word lists of duplicate detection: spellings, courtesy, cues of place, things that break. Ours, no logic.

They decide which difference between two posts counts; `nlp.guard` says how. A word in HARMLESS may come
and go, so nothing belongs there that tells a place, a thing or a sense. Abbreviations mean here what they
mean in complaints: gg is gang, kel kelurahan, smg Semarang, whatever general slang lists say.

Changing SPELLING changes the hashes of stories stored before; see `nlp.fingerprint`.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def variants(text: str) -> dict[str, str]:
    """"word: variant variant; word: variant" -> variant -> word."""
    entries = (entry.split(":") for entry in text.split(";"))
    return {variant: word.strip() for word, spelt in entries for variant in spelt.split()}


# What people write -> one spelling; Javanese words stand for their Indonesian ones where the sense is the same.
SPELLING = variants("""
    jalan: jl jln jlan jlaan; gang: gg gng; nomor: no nmr nomer num; desa: ds; kelurahan: kel; kecamatan: kec
    kcmtn; kabupaten: kab kbpaten; dusun: dsn dkh dk dukuh; kampung: kp kpg kmpng; perumahan: perum prum;
    perempatan: prapatan prempatan; pertigaan: protelon prtigaan; depan: dpn dpan ngarep; dekat: dkt deket cedak
    cerak; sebelah: sblh sbelah; belakang: blkg mburi; samping: smpg; kilometer: km; semarang: smg; surakarta:
    ska; jogja: yogya yogyakarta jogjakarta; tidak: tdk gak ga nggak ngga enggak gk tak ndak tidk tdak kagak
    engga gag; yang: yg yng sing; sudah: sdh udah udh dah uwis wis wes sampun sudh; belum: blm blom belom blum
    durung dereng; dengan: dgn dg dngn; untuk: utk untk buat tuk; dan: dn; dari: dr dri saking; pada: pd;
    karena: krn karna krna soale soalnya; tolong: tlg tlong tulung tlng plis please pls; mohon: mhn mohn mhon
    nyuwun; terima: trima trm; kasih: ksh; terimakasih: makasih makasi mksh trims tks thx thanks trimakasih
    tengkyu suwun nuwun matursuwun maturnuwun tq; selamat: slmt slamat; bapak: pak bpk pakk bp; ibu: bu buk;
    saya: sy sya aku ku gue gua gw; kami: kmi; kita: kt; anda: kamu lu lo loe elu; ini: iki niki ni; itu: kae
    kuwi niku tu; ada: ono onten wonten; banyak: bnyk byk akeh kathah; sekali: skli bgt banget bngt pol; sangat:
    sngt sgt; lagi: lg lgi maneh; juga: jg jga; saja: sj aja aj ae wae; kalau: kalo klo kl klu nek yen; seperti:
    spt sprti kaya kayak koyo; sampai: smp sampe smpe nganti; sekarang: skrg skrang skr saiki; kemarin: kmrn
    kmaren kemaren wingi; hari: hr; malam: mlm bengi; bulan: bln; tahun: thn th; minggu: mgg mggu; jam: pkl
    pukul; orang: org wong tiyang; warga: wrg; rumah: rmh omah; motor: mtr; rusak: rusk rusakk; berlubang:
    lubang bolong berlobang; segera: sgra sgera sgr; perbaikan: prbaikan; diperbaiki: dperbaiki diperbaikin
    dibenerin dibenahi didandani; bahaya: bhaya; mengapa: kenapa knp ngopo; bagaimana: gimana gmn gmana piye
    pripun; kapan: kpn; dalam: dlm; atas: ats; bisa: bs bsa iso saged; terus: trs trus; masih: msh isih taksih;
    jangan: jgn jngn ojo; lebih: lbh; bukan: bkn dudu; tetapi: tapi tp tpi; sama: sm; setiap: stiap tiap saben;
    besar: gede gedhe ageng; cepat: cpt cepet; lampu: lmpu; padam: pdm; kecelakaan: laka kecelakan; mulai:
    mulae; harus: hrs; kepada: kpd; bantu: bntu; dibantu: dbantu; informasi: info; assalamualaikum:
    asalamualaikum ass asslamualaikum assalammualaikum aslmkm askum; lokasi: lok loksi; dapat: dpt; tetap: ttp;
    hujan: ujan udan; 1: satu siji; 2: dua loro ii; 3: tiga telu iii; 4: empat papat iv; 5: lima limo; 6: enam
    vi; 7: tujuh vii; 8: delapan viii; 9: sembilan ix; 10: sepuluh; 11: xi; 12: xii; 13: xiii
""")
# Everyday Javanese that people put into a text they pass on. Left out is what is another word in Indonesian (tiba,
# tekan, awan, tangga, wedi as sand) or somebody's name (siti, ana).
SPELLING |= variants("""
    jalan: dalan dalane margi; air: banyu banyune toya; rumah: omahe umah griya; dekat: cedhak celak; depan:
    ngarepe ngajeng; lewat: liwat langkung; hujan: jawah udane; dari: seka; anak: bocah bocahe lare; bau: mambu;
    gelap: peteng; kecil: cilik alit; hari: dina dinten; bulan: sasi wulan; panjang: dawa; lama: suwe dangu; takut: wedi
    ajrih; sakit: lara gerah; mati: pejah; makan: mangan nedha; minum: ngombe; tidur: turu tilem; pergi: lunga kesah;
    datang: teka dugi rawuh; pulang: mulih wangsul; beli: tuku tumbas; lihat: ndelok weruh ningali; mau: gelem purun;
    baru: anyar enggal; dingin: adhem; tinggi: dhuwur inggil; rendah: cendhek andhap; pohon: wit uwit wite; jembatan:
    kreteg kretek; sampah: uwuh; semua: kabeh sedaya; siapa: sapa sinten; jatuh: ceblok dhawah; bersih: resik; kotor:
    reged; pelan: alon; lebar: amba; pasir: wedhi; batu: watu; api: geni latu; uang: dhuwit duwit arta; teman: kanca
    rencang; menunggu: ngenteni nengga; sering: kerep asring; sepi: sepen; keluar: metu medal; masuk: mlebu mlebet;
    berangkat: mangkat bidhal; sekolah: sekolahan; terlalu: kakehan; susah: angel; lapar: ngelih
""")

# Cues that people glue to their number: rt03, km12, gg5.
GLUED = words("""
    rt rw no km gg gang jl jln jalan blok nomor nomer lt lantai
""")

# Courtesy, function, stress and time of day: may come and go, count for nothing.
HARMLESS = words("""
    assalamualaikum waalaikumsalam warahmatullahi wabarakatuh warohmatullahi wabarokatuh wr wb salam sugeng
    enjing sonten dalu om swastiastu halo hallo hai hello hei permisi ngapunten nuwunsewu nuwun kulonuwun
    punten maaf mohon tolong minta bantu dibantu bantuan bantuannya kiranya sekiranya terima kasih terimakasih
    sebelumnya selamat malam pagi sore siang yth yang terhormat bapak ibu bapakibu mas mbak kak kakak min mimin
    admin gan bro sis pakde bude gus pakwali saya kami kita aku anda kalian dia mereka ini itu sini situ sana
    tersebut tsb nih tuh sih deh dong kok lho loh lah kan ya yaa iya nggih inggih injih monggo yo yuk ayo oh eh
    wah duh aduh waduh hmm haha hehe wkwk wkwkwk huhu woy woi di ke dari pada dalam untuk dengan dan atau serta
    maupun juga saja bahwa karena sebab akibat agar supaya biar oleh bagi para sang si hal tentang terkait soal
    seperti sebagai sangat sekali amat banget lebih paling cukup agak makin semakin sungguh benar parah bener
    nemen tenan pisan segera cepat secepatnya lekas buruan ndang gek diperbaiki perbaikan perbaiki
    ditindaklanjuti ditindak lanjuti tindak lanjut tindaklanjut menindaklanjuti diperhatikan perhatian
    perhatiannya memperhatikan penanganan ditangani pengecekan dicek cek tinjau ditinjau respon direspon respons
    tanggapan ditanggapi mengingat mau ingin hendak akan bisa dapat boleh harap berharap semoga lapor laporan
    melapor melaporkan dilaporkan izin ijin info informasi menginformasikan menyampaikan kabar update viral
    diviralkan sebar disebar disebarkan sebarluaskan dishare dibagikan
    viralkan sebarkan share bagikan repost retweet rt via cc up upp sundul ikut bantuin gais guys gaes rek lur
    dulur sedulur lurs bolo warga netizen teman kawan semua semuanya ada adanya terjadi menjadi jadi yaitu
    adalah merupakan tetapi namun padahal kalau jika bila ketika saat waktu sekarang kini sampai hingga masih
    terus lagi sejak selalu sering nya pun ne e wis wes to ta je lha rawan pemerintah pemkot pemprov pemkab
    dinas jajaran beserta banyak setiap lokasi lokasinya alamat mana bagaimana mengapa kapan apa apakah siapa a
    an the please tq wow omg fyi breaking news berita kiriman dm foto video pict pic link baca
    selengkapnya
""")

# Words that turn the sense of what follows.
POLARITY = words("""
    tidak belum sudah bukan jangan tanpa
""")

# Words that announce a place by name; their value is the next telling word.
NAMED = words("""
    jalan gang desa kelurahan kecamatan kabupaten kota dusun dukuhan padukuhan kampung perumahan perumnas griya
    blok komplek kompleks cluster lingkungan kalurahan kapanewon kemantren ruas tol terminal stasiun pasar
    sungai kali waduk embung bendungan jembatan kreteg flyover underpass sd sdn smp smpn sma sman smk smkn mts
    tk paud puskesmas pustu rs rsu rsud spbu masjid mushola musholla langgar gereja pura vihara kantor balai
    taman alunalun lapangan halte shelter perempatan pertigaan simpang simpanglima bangjo bundaran ringroad
    lingkar toko warung indomaret alfamart polsek polres koramil kodim gedung hotel mall plaza
""")

# Words that announce a number.
NUMBERED = words("""
    rt rw nomor kilometer blok gang lantai lt km tiang gardu pos kav kavling
""")

# Words that make the next word a place where it replaces another one.
NEAR = words("""
    di depan dekat sebelah samping belakang seberang arah menuju antara timur barat utara selatan ujung lokasi
    alamat daerah wilayah kawasan
""")

# Stand between a cue and the name.
TITLES = words("""
    raya dr prof ir kh haji h kyai ki nyi raden jend jenderal letjen mayjen brigjen kol kapten mayor sultan
    pangeran
""")

# What is broken: never replaced by another thing, whatever else is shared.
OBJECTS = words("""
    jalan dalan aspal trotoar paving lampu pju lpju penerangan tiang kabel gardu listrik trafo jembatan kreteg
    pohon wit ranting dahan taman got selokan kalen drainase saluran gorong irigasi sungai kali tanggul talud
    plengsengan bronjong sampah uwuh tps kontainer banjir genangan rob pdam air banyu pipa meteran sumur hidran
    halte bus angkot parkir bangjo traffic rambu marka zebra portal palang rel kereta sekolah puskesmas rs rsud
    bpjs ktp kk akta kip pip pkh bpnt bansos sembako gas pupuk pasar pkl reklame baliho spanduk tower internet
    wifi sinyal limbah asap debu bau galian tambang longsor kebakaran gempa angin puting jenazah ambulans begal
    maling tawuran knalpot anjing ular tawon monyet odgj
""")

# "lampu jalan": no street follows.
NO_STREET = words("""
    lampu badan bahu penerangan pju pengguna rambu marka tengah pinggir tepi aspal kabel
""")

# What follows "jalan" or "pasar" without being its name.
NO_NAMES = POLARITY | NEAR | words("""
    rusak berlubang retak ambles amblas longsor gelap peteng licin lunyu macet banjir mati padam putus roboh
    tumbang bocor kotor bau becek berdebu bergelombang terendam tergenang ditutup dibangun dicor diaspal
    mengelupas jebol sempit lebar besar kecil umum kampung desa raya utama provinsi nasional kabupaten kota
    alternatif tembus poros lingkungan kaki tol tengah berbahaya hancur remuk ajur bagus mulus aman sepi ramai
    rawan menumpuk mampet mangkrak liar tradisional pagi malam pantura protokol aspal tanah beton paving rumah
    warga orang sekolah hujan air lampu pju
    rasa serasa kayak kaya koyo seperti mirip macam laksana bak
""")  # the last: "jembatan rasa wahana" jokes, it names nothing

# Words of an address that may be missing on one side.
REGION = words("""
    kota kabupaten kecamatan kelurahan provinsi jawa timur tengah barat indonesia desa jalan nomor
""")
