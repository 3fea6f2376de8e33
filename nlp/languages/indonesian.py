"""Indonesian as people write it: function words, cues, slang and abbreviations. Lists written by us.

`gg`, `kel`, `smg`, `jl` and their like mean gang, kelurahan, Semarang, jalan in this product; general
slang lists read them as enggak, keluarga, semoga.
"""

from __future__ import annotations

from nlp.languages import LanguagePack, phrases, table, word_set

SPELLING = table("""
tidak = gk ga gak ngga nggak enggak engga kagak kaga tdk tak ndak nda g gag gx kgk tida
tidak bisa = gabisa gakbisa gbisa
tidak ada = gada gaada gakada tiada
tidak mau = gamau gakmau
belum = blm blom belom blum
sudah = sdh udh udah dah uda sdah
jangan = jgn jngn jgan
yang = yg yng
dan = dn
dengan = dgn dg dngn
untuk = utk untk tuk
karena = krn krna karna krena
kalau = kalo klo kl klau
kenapa = knp knpa napa
mengapa = mngapa
bagaimana = gmn gimana gmana bgmn bgaimana
dimana = dmn dmana
kapan = kpn
banget = bgt bngt bgtt
banyak = bnyk byk bnyak
saja = aja sj aj
sama = sm
saya = sy sya
kami = kmi
orang = org orng
hilang = ilang
tolong = tlg tlng tlong toling
menanggapi = nanggapi nanggapin nanggepi nanggepin
ditanggapi = ditanggepi ditanggapin ditanggepin
merespon = ngerespon ngrespon respons meresponse merespons
mohon = mhn mohn monon moon
terima kasih = terimakasih trimakasih makasih mksh tks thx trims trimksh makasi
minta = mnta mintak
jalan = jln jl jalanan
gang = gg
kelurahan = kel
kecamatan = kec
kabupaten = kab
desa = ds
perumahan = perum prum
rumah = rmh rmah
rumah sakit = rs
puskesmas = pkm
sekolah = skolah skul
anak = ank
bapak = bpk bp bapk
pemerintah = pmrintah pemrintah
masyarakat = msyarakat masy mayarakat masyrakat
kendaraan = kendaraaan kndaraan
sekarang = skrg skrng skg sekrang
setiap = stiap tiap2 tiap
hari = hr
malam = mlm mlam
minggu = mgg
bulan = bln
tahun = thn taun
selalu = sll slalu
sampai = smp2 smpe sampe sampek ampe
lagi = lgi lg
masih = msh masi msih
dapat = dpt dapet
dari = dr dri
pada = pd
juga = jg jga
tapi = tp tpi tetapi
hanya = cuma cm cuman
seperti = kayak kek kyk kaya spt
memang = emang emg
diperbaiki = dibenerin dibetulin diperbaikin dibenahi dibaiki diprbaiki
berlubang = berlobang brlubang bolong2 bolong
lubang = lobang
macet = muacet mcet
banjir = bnjir bajir
lampu = lampune
parah = prh
pelayanan = playanan pelayan2
bantuan = bntuan bantuanya
pohon = phn
""")

CUES = {
    "negator": phrases("""
        tidak, bukan, jangan, belum, tanpa, tidak ada, bukannya, tidak pernah, anti, bebas, mencegah, cegah,
        atasi, mengatasi, menanggulangi, penanganan, pencegahan, solusi
    """),
    "breaker": phrases("""
        karena, sebab, tapi, namun, padahal, sehingga, jadi, akibat, gara gara, sedangkan, malah, dan, maka,
        kok, sampai
    """),
    "condition": phrases("""
        kalau, jika, bila, apabila, misal, misalnya, seandainya, andai, andaikan, takut, takutnya, khawatir, kuatir,
        jangan sampai, kalau sampai, semoga, andaikata, setiap hujan, tiap hujan, setiap kali hujan, tiap kali
        hujan, jangan jangan, supaya tidak, agar tidak, biar tidak, jangan tunggu, jangan nunggu, tunggu ada, nunggu
        ada, menunggu ada, sebelum ada
    """),
    "past": phrases("""
        dulu, dahulu, tahun lalu, bulan lalu, tahun kemarin, pernah, waktu itu, zaman dulu, jaman dulu, sempat,
        sudah surut, sudah diperbaiki, sudah selesai, tahun tahun sebelumnya, waktu kecil
    """),
    "over": phrases("""
        sudah surut, sudah normal, kembali normal, normal kembali, sudah aman, sekarang aman, sudah kering, sekarang
        kering, sudah padam apinya, sudah dipadamkan, berhasil dipadamkan, sudah dievakuasi, sudah ditangani, sudah
        diperbaiki, sudah ditambal, sudah diaspal, sudah dicor, sudah dipotong, sudah ditebang, sudah dipangkas,
        sudah dibersihkan, sudah diangkut, sudah dikeruk, sudah diganti, sudah nyala, sudah menyala, nyala lagi,
        menyala lagi, sudah mengalir, mengalir lagi, sudah lancar, sudah mulus, sudah bagus, sudah halus, sudah
        sehat, sudah sembuh, sudah pulih, sudah beres, sudah teratasi, sudah tertangani, sudah rampung, sudah kelar,
        sudah dibuka kembali, sekarang mulus, sekarang bagus, sekarang halus, sekarang sehat, sekarang terang,
        sekarang bersih, tinggal kenangan, ternyata cuma, ternyata hanya, ternyata bukan, semua selamat, aman
        terkendali, sekarang sudah tidak
    """),
    "gone": phrases("sudah tidak ada, tidak ada lagi, tidak pernah lagi, tidak lagi"),
    "contrast": phrases("""
        tapi, namun, nyatanya, kenyataannya, buktinya, faktanya, malah, sayangnya, sayang, rusak lagi, lubang lagi,
        mati lagi, masih, belum, tetap, percuma, tolong, mohon
    """),
    "contrary": phrases("nyatanya, kenyataannya, buktinya, faktanya, ternyata masih, ternyata tetap"),
    "worse": phrases("makin, semakin, tambah, parah, masih, tetap, malah, lagi, juga, sama saja, terus, belum"),
    "unreal": phrases("""
        film, filmnya, sinetron, drakor, novel, adegan, mimpi, bermimpi, mimpinya, skripsi, hoaks, hoax, hoak,
        bohongan, saham, bursa, webinar, kiamat, mantan, hatiku, hatimu, dompet, dompetku, cintaku, asmara, ide,
        pertahanan, seblak, mukbang, alur cerita, lagunya, konser, beda sama, bedanya, skincare, simulasi
    """),
    "alike": phrases("kayak, seperti, serasa, ibarat, bagaikan, bak, laksana, macam, rasanya"),
    "potential": phrases("""
        berpotensi, potensi, rentan, dikhawatirkan, ditakutkan, menyebabkan, mengakibatkan, memicu, agar tidak
        terjadi, supaya tidak terjadi, mengantisipasi, antisipasi, musim hujan, musim penghujan, hujan dan angin,
        angin kencang
    """),
    "now": phrases("""
        sekarang, saat ini, malam ini, pagi ini, siang ini, sore ini, hari ini, barusan, detik ini, tadi malam,
        sejak tadi, dari tadi, sampai saat ini, hingga kini, sampai sekarang
    """),
    "question": phrases("""
        apakah, apa benar, kapan, kenapa, mengapa, bagaimana, berapa, dimana, di mana, siapa, mau tanya, mau
        bertanya, izin bertanya, ijin bertanya, ingin bertanya, ingin menanyakan, mau nanya, numpang tanya,
        tanya min, kah, apa, bisakah, bolehkah, gimana caranya, ada yang tahu, cara daftar, jam berapa, mohon
        info, minta info, apa syaratnya, syaratnya apa
    """),
    "wondering": phrases("""
        apakah, apa benar, berapa, izin bertanya, ijin bertanya, ingin bertanya, mau tanya, mau bertanya, ingin
        menanyakan, mau nanya, numpang tanya, bagaimana caranya, bagaimana cara, cara daftar, jam berapa, mohon
        info, minta info, mohon informasi, mohon penjelasannya, apa syaratnya, syaratnya apa, mohon petunjuk,
        info dong, nomor berapa, ke nomor berapa, persyaratannya apa, syarat apa saja, bisa tidak ya, boleh tidak ya
    """),
    "own": phrases("""
        di dalam rumah, dalam rumah, masuk rumah, masuk kamar, mlebu rumah, mlebu kamar, rumah saya, anak saya,
        ibu saya, bapak saya, ayah saya, istri saya, suami saya, orang tua saya, adik saya, kakak saya, nenek
        saya, kakek saya, mertua saya, keponakan saya, cucu saya, keluarga saya, rumah kami, anak kami, kampung
        kami, desa kami, gang kami, tempat kami, tempat saya, ktp saya, kk saya, data saya, air saya, ibu kami,
        nama saya, nik saya, atas nama saya, rumah orang tua, tetangga saya, depan rumah, di rumah saya, kampung
        saya, daerah saya, lingkungan kami, wilayah kami, perumahan kami, kos saya, toko saya, warung saya,
        sekolah kami, rt kami, rw kami, jalan kami
    """),
    "irony": phrases("""
        kolam gratis, kolam renang gratis, wahana air, wisata air, kolam lele, enak nih, enak banget ya, mantap
        betul, hebat ya, hebat sekali ya, terima kasih ya pak jalan, selamat ya pak, senang sekali rasanya,
        prestasi, sungguh indah, sukses membuat, sukses bikin, keren sekali ya, kolam ikan, sungai dadakan,
        danau dadakan, waterboom, off road, offroad, jalan rasa, serasa di bulan, lomba mancing, bisa mancing,
        tanam padi, tanam pisang, dipelihara
    """),
    "kin": phrases("""
        anak, bayi, balita, murid, siswa, adik, keponakan, cucu, nenek, kakek, lansia, janda, ibu hamil, yatim,
        orang tua, eyang, oma, opa
    """),
    "lack": phrases("""
        tidak bisa, tidak mampu, tidak punya, tidak makan, belum makan, tidak terurus, tidak ada yang merawat,
        tidak ada yang mengurus, tidak boleh, tidak ada biaya, tidak ada uang, belum bayar, belum dibayar,
        ditolak, tidak pernah dapat, belum dapat, tidak dapat, putus, berhenti, nunggak, menunggak, ditahan,
        tidak diobati, tidak kuat, kekurangan, dikeluarkan, tidak sanggup, butuh, membutuhkan, terpaksa, libur
        terus
    """),
    "near": phrases("""
        suami, suamiku, istri, istriku, ibuku, ibu mertua, bapak mertua, mertua, bulik, bude, pakde, paklik, om
        saya, tante, kakak, si kakak, adek, adekku, si bungsu, si sulung, orang tuaku, keluarga, bersaudara,
        tetangga, tetanggaku, anak panti, anaknya, bapaknya, ibunya, ayahnya, istrinya, suaminya, saya korban,
        pemulung, mamak, emak, mak saya, adek saya, pak dhe, bu dhe, lik, mbak saya, mas saya, cucunya, balita,
        adiknya, kakaknya, cucu saya, anak buruh, bapak tua, ibu tua, lansia, pengamen, tetangga kos, ponakan,
        ponakanku, keponakan, sepupu, tukang becak, buruh cuci, buruh tani, kuli, janda, duda, nenek, kakek, anak
        petani, guru ngaji, bapak itu, bapak ini, ibu itu, ibu ini, korban phk, ibu, ayah, bapak
    """),
    "ill": phrases("""
        katarak, kista, tumor, kanker, stroke, gagal ginjal, ginjal, jantung, epilepsi, ayan, hernia, hidrosefalus,
        talasemia, thalasemia, thalassemia, hemofilia, lupus, tbc, paru, paru paru, diabetes, kencing manis, polio,
        asma, benjolan, kurang gizi, gizi buruk, stunting, prematur, operasi, kemo, kemoterapi, transfusi,
        fisioterapi, terapi, rujukan, rawat inap, rawat jalan, opname, berobat, diobati, ngobati, mengobati, pikun,
        lumpuh, buta, tidak bisa melihat, tidak bisa jalan, tidak bisa berjalan, patah tulang, membusuk, sakit
        parah, sakit keras, sakit menahun, autis, difabel, odha, gangguan jiwa, mau lahiran, melahirkan, hamil, cuci
        darah, kursi roda, sumbing, diamputasi, amputasi, kudis, borok, bosok, luka bakar, kejang, disleksia, down
        syndrome, tuna rungu, tunarungu, tunanetra, tuna netra, bisu, gagal jantung, pasang ring, infus, icu, hiv,
        aids, meriang, sekarat, tidak keluar asi, bengkak, batuk darah, muntah darah, insulin, gula darah, kontrol
        dokter, sesar, ditahan rs, rabun, bobotnya, berat badannya, jantungnya bocor, jantung bocor, obat anti
        kejang, lumpuh separo, tulang, retak tulang, nafasnya, napasnya, pingsan, trauma, kecanduan, sakau, hilang
        ingatan, tidak kontrol, amandel, usus buntu, ambeien, campak, difteri, cacar, tipes, db, dbd, demam
        berdarah, keguguran, sakit, sakitnya, benjolannya, demam tinggi, panas tinggi
    """),
    "schooling": phrases("""
        sekolah, sekolahnya, spp, lks, seragam, ujian, ulangan, ukt, kuliah, rapor, rapot, raport, ijazah, daftar
        ulang, study tour, uang gedung, uang komite, uang pangkal, uang buku, uang sumbangan, kip, pip, beasiswa,
        kelas, guru, sd, smp, sma, smk, mts, tk, paud, pondok, pesantren, kejar paket, kuliahnya, cuti kuliah, uang
        masuk, bukunya, perpisahan, wisuda, les, pramuka, kartu ujian, tu, siswa, murid, mahasiswa, ekskul, zonasi,
        ppdb, spmb
    """),
    "living": phrases("""
        makan, dimakan, dimasak, beras, kontrakan, kos, atap, genteng, lantai tanah, gubuk, rumah reyot, reyot,
        tidur, listrik, listriknya, susu, sembako, kartu sembako, anyaman bambu, gedek, dinding bambu, tidur di
        tanah, balai rw, pengungsian, jimpitan, nasi, kelaparan, popok, pampers, rumahnya, kamar, lapar, kompor,
        ngemis, mengemis, jenazah, bantuan, bansos, pkh, bpnt, blt
    """),
    "burden": phrases("""
        tidak kebeli, belum kebeli, tidak terbeli, tidak kuat, tidak sanggup, tidak mampu, tidak mampu bayar, tidak
        boleh ikut, tidak dibayar, belum dibayar, belum lunas, belum bisa melunasi, uang tidak ada, uangnya tidak
        ada, tidak ada uang, tidak punya uang, tidak punya, uang dari mana, uangnya dari mana, biaya dari mana,
        bayar pakai apa, mau bayar apa, nunggak, menunggak, tunggakan, tagihan, tagihannya, jual motor, jual sawah,
        jual tanah, utang, hutang, ngutang, diusir, dicabut, dicoret, dinonaktifkan, dipersulit, putus, mutusin
        kerja, nganggur, menganggur, phk, dari tetangga, belas kasihan, emperan, terpal, bekas kandang, tidak ada
        yang merawat, tidak ada yang mengurus, tidak ada yang nungguin, tidak ada yang menjaga, tidak terurus,
        tinggal sendiri, hidup sendiri, dijauhi, makin besar, makin gede, makin parah, tambah parah, tidak pernah
        dapat, belum pernah dapat, dapat bansos tidak pernah, belum tersentuh, kurang gizi, menahan sakit, disuruh
        ngemis, tidak dicover, tidak ditanggung, obatnya mahal, biayanya mahal, ongkos, ongkosnya, tidak keluar,
        ditolak, kehilangan kerja, cuma dikasih, sekarang bingung, tidak berani berobat, tidak mau keluar, nunggu
        antrian, antri kamar, antrian operasi, tidak sekolah lagi, tidak bisa melihat, tidak bisa jalan, tidak bisa
        berjalan, tidak bisa bangun, tidak bisa berdiri, belum bayar, belum membayar, tidak bisa bayar, diputus,
        dipotong listriknya, disegel, nasi garam, makan seadanya, mulung, memulung, ngemis, mengemis, minta minta,
        serabutan, kerja serabutan, ditagih, ditagih terus, tidak nerusin, tidak melanjutkan, tidak lanjut, ditunda
        terus, pasrah, ditahan, disita, dikeluarkan, terlilit, rentenir, bank titil, sebatang kara, ngesot,
        tergeletak, hanya terbaring, cuma rebahan, menahan lapar, tidak doyan makan, ditadahi ember, nunggu ambruk,
        mau ambruk, dinikahkan, dibuang, ditinggal pergi
    """),
    "glad": phrases("""
        alhamdulillah, senang, seneng, seru, lucu, gemes, asik, asyik, lolos, bangga, diterima, favorit, sehat
        banget, lancar, lunas, beres, ngefans, hehe, sukses, syukur, bersyukur, mantap, masya allah, masyaallah,
        enak, hajatan, rezeki, rejeki, juara, wisuda, lulus
    """),
    "called": phrases("""
        min, pak, bu, mimin, admin, pak wali, bu wali, pak gubernur, bu gub, pemkot, dinas, dishub, pemerintah
        kota, pak bupati, bu bupati, bapak, ibu, mas wali, ibuk, buk
    """),
    "letter": phrases("""
        assalamualaikum, asalamualaikum, assalamu alaikum, yth, kepada yth, yang terhormat, dengan hormat, salam
        hormat, selamat pagi bapak, selamat siang bapak, selamat sore bapak, selamat malam bapak
    """),
    "lasts": phrases("""
        dari kemarin, dari subuh, dari semalam, dari tadi, dari pagi, sejak, seminggu, sebulan, setahun, berhari
        hari, berbulan bulan, bertahun tahun, dua hari, tiga hari, empat hari, dua minggu, tiga minggu, dua
        bulan, tiga bulan, enam bulan, dua tahun, tiga tahun, dari kemaren, hari ketiga, hari kedua, sampai
        sekarang, setiap hari, setiap malam, setiap pagi, terus terusan
    """),
    "self": phrases("saya, kami, aku, warga"),
    "chatty": phrases("""
        gua, gue, gw, gwe, ane, lo, lu, elu, bjir, bjirr, anjir, anjirr, anjay, njir, njirr, jir, wkwk, wkwkwk,
        wkwkwkwk, wkwkkw, haha, hahaha, hehe, hehehe, lol, kucing, bestie, cuy, coy, bro, btw, oot, ngakak,
        gabut, nonton, drakor, scene, spill
    """),
    "done": phrases("sudah, telah, selesai, akhirnya, habis"),
    "beside": phrases("""
        depan, dekat, samping, belakang, sebelah, seberang, arah, menuju, sekitar, sebelum, setelah, selatan,
        utara, timur, barat, lewat, pinggir, tepi, bawah, atas, antara, dari arah, sampai ke, di area,
        perempatan, pertigaan, ujung, dpn, masuk
    """),
    "setting": phrases("""
        kelurahan, kecamatan, desa, petugas, ketua rt, ketua rw, pak rt, pak rw, lurah, pak lurah, camat,
        pabrik, sekolah, sekolahan, sd, smp, smpn, sma, sman, smk, smkn, sd negeri, sdn, guru, siswa, murid,
        kampus, lapangan, makam, balai rw, fasum, rusun, rusunawa, gedung, gapura, cctv, trotoar, jembatan,
        nyamuk, operasi, perusahaan, karyawan, pekerja, pekerjaan, pedagang, warung, kafe, cafe, warkop, polsek,
        polres, polisi, preman, kecelakaan, ojol, ojek, truk, becak, terminal, tikungan, lampu merah, traffic
        light, lalu lintas, kabel, kabel listrik, pln, listrik, tiang listrik, telkom, sawah, tambak,
        minimarket, stasiun, halte, angin kencang, sungai, pasar, taman, stadion, gor, rumah sakit, sakit,
        dokter, kk, kartu keluarga, surat keterangan, anggaran, oknum, kinerja, pejabat, asn, pns, honorer,
        mengganggu, terganggu, melanggar, meresahkan, ditertibkan, penertiban, berjualan, dlh, tanaman,
        kesehatan, dirawat, pajak, mutasi, janji, pelayanan, bupati, suara, parkir, bus, kereta, macet, petani,
        pengungsi, mengungsi, evakuasi, bangku taman, alun alun, kolam renang, tidak mampu, kurang mampu,
        miskin, penghasilan, data, status, terdaftar, survei, survey, dinsos, dishub, usulan, lansia, janda,
        padam, tunggakan, debu, karung, pengajuan, retribusi, masker, ambulans, berkas, terbit, dokumen,
        pengurusan, mengurus, istirahat, terdengar, pasar, toilet, rambu, sopir, gaji, upah
    """),
    "bystander": phrases("""
        anak sekolah, bocah sekolah, anak sd, anak smp, anak sma, anak tk, jam sekolah, berangkat sekolah,
        pulang sekolah, ke sekolah, sepulang sekolah, anak saya sekolah, ambulans tidak bisa, ambulans lewat,
        wisatawan, pejalan kaki, mau ke pasar, sopir bilang, mobil damkar, waktu hujan
    """),
    "need": phrases("""
        butuh, perlu, minta, mohon, tolong, tidak ada, belum ada, kurang, belum, kapan, habis, usul, kena,
        ditarik, dipungut, diminta, bayar, penuh, menutup, nutup, liar, antri, antre, antrian, antrean,
        pungutan, narik
    """),
}

FUNCTION = word_set("""
yang dan dengan untuk karena kalau tidak ada itu ini saya kami kita kamu mereka dia sudah belum akan bisa dari
pada juga tapi atau seperti hanya saja lagi masih sangat banget kenapa bagaimana apakah mohon tolong agar supaya
sehingga padahal sekali jangan bukan oleh dalam antara kepada tersebut adalah ialah yaitu bahwa setiap semua
sekarang nanti tadi kemarin terima kasih selamat diperbaiki segera selalu sering banyak orang rumah jalan sampai
sejak punya mau harus perlu dapat gimana aja udah gak ga nggak nih sih dong kok deh
""")

INDONESIAN = LanguagePack("id", "Indonesia", FUNCTION, CUES, SPELLING)
